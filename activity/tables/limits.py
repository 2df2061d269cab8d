"""What an uploaded table may hold at most; every refusal names the limit it stands on."""

from typing import Final

FILE_BYTES: Final = 100_000_000
ROWS: Final = 2_000_000
COLUMNS: Final = 1_000
CELL_CHARS: Final = 32_767
HEADER_CHARS: Final = 200
ROW_CHARS: Final = 1_000_000

# Read ahead in pieces of this size, and hand over batches no heavier than this.
BLOCK_BYTES: Final = 1 << 17
BATCH_CHARS: Final = 1_000_000

# Inside a workbook, which is a ZIP of XML parts.
PARTS: Final = 2_000
DIRECTORY_BYTES: Final = 1_000_000
UNPACKED_BYTES: Final = 1_000_000_000
RATIO: Final = 100
RATIO_FREE_BYTES: Final = 10_000_000
SMALL_PART_BYTES: Final = 20_000_000
STRINGS: Final = 5_000_000
STRINGS_BYTES: Final = 200_000_000
SHEETS: Final = 500
XML_CHUNK: Final = 1 << 16
XML_TOKEN_BYTES: Final = 1 << 20
XML_NAMES: Final = 2_000
XML_DEPTH: Final = 64
SHEET_ROWS: Final = 1_048_576
SHEET_COLUMNS: Final = 16_384
