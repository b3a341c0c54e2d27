# Everything a newcomer needs; `make help` lists it.
MVN ?= mvn -B -ntp

.DEFAULT_GOAL := help
.PHONY: help build test it fmt check run demo bench jmh

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | expand -t 10

build: ## the runnable jars, without tests
	$(MVN) -DskipTests package

test: ## the quick tests
	$(MVN) test

it: ## every test, also those with a real Redis
	$(MVN) verify

fmt: ## format the source
	$(MVN) spotless:apply

check: ## what CI runs, apart from installing packages
	$(MVN) verify

run: ## serve in front of a Redis of its own on 127.0.0.1:6380
	./heatsink serve --embedded

demo: ## a flash crowd, live, with figures
	./heatsink demo

bench: ## what it costs and saves, beside Redis and other proxies, into bench-results
	./heatsink bench --out bench-results

jmh: ## the JMH benchmarks
	./heatsink jmh -prof gc
