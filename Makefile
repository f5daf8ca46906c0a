# Everything here works on a fresh machine with Python >= 3.11 and make; `make help` lists it.

export PYTHONUTF8 := 1
MANAGE := .venv/bin/python manage.py
APPS := config workflow nodes approvals notifications
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard config/locale/*/LC_MESSAGES/*.po))
READY := .venv/.synced $(CATALOGUES)

# A production environment that exists nowhere, for checking the settings.
PRODUCTION := SECRET_KEY=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \
	DATABASE_URL=postgres://jiedian@localhost/jiedian REDIS_URL=redis://localhost \
	ALLOWED_HOSTS=jiedian.example BASE_URL=https://jiedian.example MEDIA_ROOT=/nonexistent TIME_ZONE=Asia/Shanghai \
	EMAIL_URL=smtp://localhost DEFAULT_FROM_EMAIL=jiedian@jiedian.example DEBUG=false

.DEFAULT_GOAL := help
.PHONY: help install demo serve test check format screenshots bench lock

help: ## list what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS='	' read -r target text; do \
		printf '  make %-11s %s\n' "$$target" "$$text"; done

install: $(READY) ## create .venv, or bring it up to date

demo: $(READY) ## replay the 2021 example year and serve it on http://127.0.0.1:8000 (SERVE=0: figures only)
	$(MANAGE) demo $(if $(filter 0,$(SERVE)),--no-serve)

serve: $(READY) ## serve what is in the database: web, worker and beat (ARGS="--port 8001")
	$(MANAGE) serve $(ARGS)

test: $(READY) ## run every test against real servers and a browser (ARGS="tests/unit -k calendar")
	sh .ci/ensure-chromium
	sh .ci/ensure-libreoffice
	.venv/bin/python .ci/ensure-axe
	env DEBUG=true .venv/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(READY) ## format, lint, types, layers, templates, migrations, translations, production settings
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy manage.py $(APPS)
	.venv/bin/lint-imports
	.venv/bin/djlint --check $(APPS)
	.venv/bin/djlint --lint --quiet $(APPS)
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check_translations
	env $(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

format: $(READY) ## put the code and the templates in the shape that check asks for
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	.venv/bin/djlint --reformat --quiet $(APPS)

screenshots: $(READY) ## take pictures of every screen, light and dark, for docs/screenshots (ARGS="inbox nodes")
	sh .ci/ensure-chromium
	env DEBUG=true .venv/bin/python -m tests.screenshots $(ARGS)

bench: $(READY) ## measure how fast it is on this machine
	.venv/bin/python -m tests.bench $(ARGS)

lock: ## choose new versions of what we depend on, and write them down in uv.lock
	sh .ci/make-venv lock --upgrade

.venv/.synced: pyproject.toml uv.lock .ci/make-venv
	sh .ci/make-venv sync --frozen --all-extras --all-groups
	@touch $@

%.mo: %.po .venv/.synced
	.venv/bin/pybabel --quiet compile --input-file $< --output-file $@
