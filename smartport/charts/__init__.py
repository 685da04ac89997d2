"""Charts drawn by the server: SVG for the eye, the same numbers in a table for everyone."""

from smartport.charts.bars import Bar, stacked_bars, stacked_columns
from smartport.charts.figure import Cell, Figure, Line, Part
from smartport.charts.lines import Curve, Point, curves_over_time, sparkline

__all__ = [
    "Bar",
    "Cell",
    "Curve",
    "Figure",
    "Line",
    "Part",
    "Point",
    "curves_over_time",
    "sparkline",
    "stacked_bars",
    "stacked_columns",
]
