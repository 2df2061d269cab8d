# Paths stay relative: the checkout may lie under a name with spaces.
.DEFAULT_GOAL := help
.PHONY: help demo test check bench
.SILENT:
MAKEFLAGS += --no-print-directory

START = CX_STARTED=$$(date +%s) && export CX_STARTED
PYTHON = .venv/bin/python

help:
	echo 'make demo    run everything with sample data on http://127.0.0.1:8000'
	echo '             PORT=8001 moves it, DEMO=empty leaves the sample data out,'
	echo '             DEMO=fresh makes it anew, HOST=0.0.0.0 lets other machines in'
	echo 'make test    the whole test suite (ARGS="tests/surveys -x" for a part)'
	echo 'make check   lint, format, types, arrows, migrations, deployment'
	echo 'make bench   each figure beside its floor, also in var/bench.json'

demo:
	$(START) && sh bin/bootstrap && exec $(PYTHON) -m cxplatform.launch.demo

test:
	$(START) && sh bin/bootstrap dev && exec $(PYTHON) -m pytest -n 2 $(ARGS)

check:
	$(START) && sh bin/bootstrap dev && exec $(PYTHON) -m cxplatform.launch.check

bench:
	$(START) && sh bin/bootstrap dev && exec $(PYTHON) -m cxplatform.launch.bench $(ARGS)
