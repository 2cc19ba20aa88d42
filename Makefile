# One way in: `make demo` and `make test`. `voicebot --help` shows the rest.
.PHONY: demo test setup setup-tests serve lint bench clean

setup:
	@sh deploy/setup.sh

setup-tests:
	@sh deploy/setup.sh --tests

demo: setup
	@.venv/bin/voicebot demo

serve: setup
	@.venv/bin/voicebot serve

test: setup-tests
	@.venv/bin/python -m pytest -m "" $(ARGS)

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: setup
	.venv/bin/voicebot bench calls --calls 20 --seconds 60 --json

clean:
	rm -rf .venv var build *.egg-info
