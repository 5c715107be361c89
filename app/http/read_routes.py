"""Routes that read the register: their parameters, and their answers.

The framework solves dependencies anew for each request, and looks at every parameter that a list
could have; that took as long as reading a page. A read has one query model and the parameters of
its path, so these are read here, as the framework declares and documents them, and nothing else is.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import cast

from fastapi import Request, Response
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from app.http.reading import OPENINGS, Opening
from app.http.strict_queries import query_parameters

Handler = Callable[[Request], Coroutine[None, None, Response]]


def opening_of(dependant: Dependant) -> Opening | None:
    """Return how the reads of a route begin; ``None`` where it does not read at a snapshot."""
    found = [OPENINGS.get(dependency.call) for dependency in dependant.dependencies]
    return next((opening for opening in found if opening), None)


def read_handler(route: APIRoute) -> Handler | None:
    """Return the handler of a route that reads at a snapshot, ``None`` for other routes."""
    dependant, opening = route.dependant, opening_of(route.dependant)
    if opening is None:
        return None
    # Nothing else can be declared beside them: it would not be read.
    (declared,), name = dependant.dependencies, str(dependant.dependencies[0].name)
    (query_field,) = declared.query_params
    repeatable = query_parameters(declared)
    of_nothing = query_field.validate({}, {}, loc=("query",))
    call = cast("Callable[..., Coroutine[None, None, object]]", dependant.call)

    async def handle(request: Request) -> Response:
        query, errors = of_nothing
        if request.scope["query_string"]:
            query, errors = query_field.validate(_given(request, repeatable), {}, loc=("query",))
        in_path: dict[str, object] = {}
        for field in dependant.path_params:
            given = request.path_params[field.alias]
            in_path[field.name], wrong = field.validate(given, {}, loc=("path", field.alias))
            errors = [*errors, *wrong]
        if errors:
            raise RequestValidationError(errors)
        headers = Response()
        del headers.headers["Content-Length"]
        async with opening(request, headers, query) as reading:
            answer = await call(**in_path, **{name: reading})
            if isinstance(answer, Response):
                return answer
            content = cast("ModelField", route.response_field).serialize_json(answer)
            return Response(content, media_type="application/json", headers=reading.headers)

    return handle


def _given(request: Request, repeatable: Mapping[str, bool]) -> dict[str, object]:
    """Return the parameters of a query as its model takes them."""
    given = request.query_params
    return {name: given.getlist(name) if repeatable[name] else given[name] for name in given}
