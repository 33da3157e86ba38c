"""What type checkers say about code that uses oauthone. mypy and pyright read these modules; nothing runs them.

``assert_type`` states the type that a caller sees. A line that ends with ``# type: ignore[…]`` holds a mistake: both
checkers have to report it, since an ignore comment without an error is an error itself.
"""
