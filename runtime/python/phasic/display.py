# SPDX-License-Identifier: Apache-2.0
"""What notebooks show of a value."""
import html


def table(headings, rows):
    """An HTML table; everything in it is escaped."""
    def line(tag, cells):
        return "<tr>" + "".join(f"<{tag}>{html.escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"
    return "<table>" + line("th", headings) + "".join(line("td", row) for row in rows) + "</table>"


def network_html(network):
    rows = [(number, layer.rule, layer.neurons, layer.weight_rows, layer.row_width, "yes" if layer.learns else "no")
            for number, layer in enumerate(network.layers)]
    heading = f"{network.name}: {network.architecture}, {network.classes} classes, {network.steps} time steps, {network.weight_bits}-bit weights"
    return f"<p>{html.escape(heading)}</p>" + table(("layer", "rule", "neurons", "weight rows", "weights a row", "learns"), rows)


def results_html(results):
    heading = f"{results.correct} of {len(results)} samples right, {results.counters['input_events']} input events, {results.counters['cycles']} cycles"
    rows = [(number, layer["events"], layer["spikes"], layer["synaptic_operations"], layer["update_operations"])
            for number, layer in enumerate(results.counters["layers"])]
    return f"<p>{html.escape(heading)}</p>" + table(("layer", "events", "spikes", "synaptic operations", "update operations"), rows)
