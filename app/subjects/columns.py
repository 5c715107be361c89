"""The columns of subjects in files: their names and labels, the same in files out and files in."""

from collections.abc import Iterable

from app.subjects.attributes import PLANNED, Attribute, Catalogue, name_member
from app.subjects.sites import SiteState
from app.subjects.states import State

Labels = dict[str, tuple[str, str]]
"""Vietnamese and English, by the name of a column."""

AS_OF = "as_of"
AS_OF_LABELS = ("Tính đến ngày", "As of")
RECORDED = ("Ghi nhận ở bản sửa đổi", "Known from revision")


def _labelled(attributes: Iterable[Attribute]) -> Labels:
    """Return the labels of attributes and, beside those that refer to something, of its name."""
    labels: Labels = {}
    for attribute in attributes:
        labels[attribute.name] = attribute.labels
        if attribute.is_reference:
            labels[name_member(attribute.name)] = attribute.labels_of_name
    return labels


def planned_labels(attributes: Catalogue) -> Labels:
    """Return the labels of what is planned beside what is, with the names of what that is."""
    return _labelled(attributes[name] for name in attributes.planned)


def subject_labels(state: type[State]) -> Labels:
    """Return the labels of all columns of the subjects of a type, by name."""
    return {
        "id": ("Mã định danh", "Id"),
        **_labelled(member.attribute for member in state.members.values()),
        "valid_from": ("Có hiệu lực từ", "Valid from"),
        "valid_to": ("Đến trước ngày", "Valid to"),
        "known_from": RECORDED,
        **{
            PLANNED + name: (f"Theo quy hoạch: {labels[0]}", f"Planned: {labels[1]}")
            for name, labels in planned_labels(state.attributes).items()
        },
        "qualifiers": ("Mức độ chính xác", "Exactness"),
        "values_to": ("Cận trên của khoảng", "Upper ends of ranges"),
    }


SITE_COLUMNS: Labels = {
    **subject_labels(SiteState),
    "longitude": ("Kinh độ", "Longitude"),
    "latitude": ("Vĩ độ", "Latitude"),
}
