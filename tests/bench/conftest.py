"""Stores for benchmarks: a server with its safety on, apart from the tests' own."""

from tests import stores as installation

installation.prepare("bench", fast=False)
