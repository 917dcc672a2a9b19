"""The pieces every page is built from: frame, components, charts, spreadsheets. Imports nothing of ours."""
