from tests.database.conftest import project17_dsn as project17_dsn
