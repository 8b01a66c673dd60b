"""Workbooks made in tests: plain sheets, and forms with a list in each record as Jiandaoyun exports them."""

import io

import xlsxwriter


def plain_sheet(rows, name="Sheet1"):
    """A workbook of one sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(name)
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()
    return out.getvalue()


def subform_sheet(records, *, plain, inner, at=2, title=0, caption="阶段变更记录", after=()):
    """A form with a list in each record: captions over both header rows and the record's own cells over its rows are
    merged; the list stands before column `at`. after: rows behind the data."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("商机")
    if title:
        sheet.merge_range(0, 0, 0, len(plain) + len(inner) - 1, "商机明细")
    spots = [place if place < at else place + len(inner) for place in range(len(plain))]
    for spot, text in zip(spots, plain, strict=True):
        sheet.merge_range(title, spot, title + 1, spot, text)
    if len(inner) > 1:
        sheet.merge_range(title, at, title, at + len(inner) - 1, caption)
    else:
        sheet.write(title, at, caption)
    sheet.write_row(title + 1, at, inner)
    line = title + 2
    for own, rows in records:
        height = max(1, len(rows))
        for spot, cell in zip(spots, own, strict=True):
            if height > 1:
                sheet.merge_range(line, spot, line + height - 1, spot, cell)
            elif cell:
                sheet.write(line, spot, cell)
        for place, row in enumerate(rows):
            sheet.write_row(line + place, at, row)
        line += height
    for place, row in enumerate(after):
        sheet.write_row(line + place, 0, row)
    book.close()
    return out.getvalue()
