"""``indicators.yaml`` as frozen models, its checks, reading, writing and comparing."""

from kcz_metrics.scheme.checking import check
from kcz_metrics.scheme.models import Index, Indicator, Measure, Name, Node, Scheme
from kcz_metrics.scheme.reading import load_scheme, read_scheme

__all__ = ["Index", "Indicator", "Measure", "Name", "Node", "Scheme", "check", "load_scheme", "read_scheme"]
