"""The desktop window: shows orders, asks the use cases, holds no rules about money."""
