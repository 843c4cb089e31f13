"""Charts as plain numbers for an SVG template: no script, no outside file."""

from reports.charts.axes import VALUE_WIDTH
from reports.charts.bars import BarChart, bar_charts
from reports.charts.flows import FlowChart, flow_charts
from reports.charts.growth import GrowthChart, growth_charts
from reports.charts.lines import LineChart, line_charts
from reports.charts.steps import StepChart, step_charts

__all__ = [
    "VALUE_WIDTH",
    "BarChart",
    "FlowChart",
    "GrowthChart",
    "LineChart",
    "StepChart",
    "bar_charts",
    "flow_charts",
    "growth_charts",
    "line_charts",
    "step_charts",
]
