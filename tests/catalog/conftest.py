from tests.published import catalogue

__all__ = ["catalogue"]
