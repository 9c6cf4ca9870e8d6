"""A Servinix sign-in server that keeps the contract: right, small, in parts that can be replaced one by one."""

from .app import create_app
from .portal import Pages
from .rules import Rules
from .settings import Settings
from .store import Store
from .tokens import Tokens

__all__ = ["Pages", "Rules", "Settings", "Store", "Tokens", "create_app"]
