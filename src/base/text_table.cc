#include "base/text_table.h"

#include <algorithm>
#include <string_view>

#include "base/assertion.h"

namespace pelikan {
namespace {

constexpr size_t kLastColumnMin = 30;  // narrower than that it would read badly: better a long line

// Takes the words that fit into `width` off the front of `text`, at least one.
std::string_view take_line(std::string_view& text, size_t width) {
  size_t end = text.size();
  if (end > width) {
    end = text.rfind(' ', width);
    if (end == text.npos) end = std::min(text.find(' '), text.size());
  }
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

void TextTable::add(Row row) {
  CHECK(row.size() == rows_.front().size());
  rows_.push_back(std::move(row));
}

std::string TextTable::plain(size_t width) const {
  const size_t last = rows_.front().size() - 1;
  std::vector<size_t> widths(last, 0);
  size_t indent = 0;
  for (size_t column = 0; column < last; ++column) {
    for (const Row& row : rows_) widths[column] = std::max(widths[column], row[column].size() + 2);
    indent += widths[column];
  }
  const size_t last_width = std::max(width, indent + kLastColumnMin) - indent;
  std::string text;
  for (const Row& row : rows_) {
    for (size_t column = 0; column < last; ++column) {
      text.append(row[column]).append(widths[column] - row[column].size(), ' ');
    }
    std::string_view rest = row[last];
    text.append(take_line(rest, last_width)).append("\n");
    while (!rest.empty()) text.append(indent, ' ').append(take_line(rest, last_width)).append("\n");
  }
  return text;
}

}  // namespace pelikan
