"""Charts as SVG: from data to a drawing and the table that says the same.

Pure: a chart is made of numbers, days and words that are in the reader's language already. What
the drawing looks like is in ``static/charts.css``; an element has a class and no style of its own.
"""
