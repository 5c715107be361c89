"""An application of one route that does no work: what all endpoints are compared with."""

from fastapi import FastAPI, Response

app = FastAPI()
_bodies = [b""]


@app.get("/bare")
async def bare() -> Response:
    """Return bytes."""
    return Response(_bodies[0], media_type="application/json")


@app.put("/length/{length}")
async def lengthen(length: int) -> None:
    """Have so many bytes returned from here on."""
    _bodies[0] = b"0" * length
