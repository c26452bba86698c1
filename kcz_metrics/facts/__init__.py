"""Facts: records cleaned and joined for measuring, one SQL file and one declaration each; and the units that are measured."""

from kcz_metrics.facts.declaration import FLAW, PROGRAMME, RECORD_FLAW, Fact, FactColumn, UnitDimension
from kcz_metrics.facts.library import FACTS, UNITS

__all__ = ["FACTS", "FLAW", "PROGRAMME", "RECORD_FLAW", "UNITS", "Fact", "FactColumn", "UnitDimension"]
