"""Entry of the pages: ``streamlit run app.py``."""

from kcz_metrics.ui import run

run()
