"""Writing what sources say of policy documents."""

from typing import cast

from app.domain.attributes import encode
from app.domain.document_attributes import DOCUMENT_ATTRIBUTES
from app.domain.vocabulary import SubjectType
from app.repositories.registers import get_source
from app.repositories.statements import get_statement
from app.schemas.statements import DocumentStatement
from app.schemas.subject_statements import DocumentStatementWrite
from app.services.ledger import Writer, append, revision
from app.services.rehearsing import rehearsed
from app.services.statements import check_values, draft_statement


async def state_document(
    writer: Writer, source_id: str, body: DocumentStatementWrite
) -> DocumentStatement:
    """Record what a source says of a policy document."""
    values = body.values.model_dump(exclude_unset=True)
    async with revision(writer, body.reason) as draft:
        await get_source(draft.session, source_id, draft.number - 1)
        await check_values(draft.session, DOCUMENT_ATTRIBUTES, body.basis, values)
        subject = (SubjectType.source, source_id)
        row = await draft_statement(draft, subject, body, encode(values))
        await append(draft)
        statement = await get_statement(draft.session, row.id, draft.number)
        statement = await rehearsed(draft, subject, row.effective_day, statement)
        return cast("DocumentStatement", statement)
