// TextTable: rows of cells, written with aligned columns for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pelikan {

class TextTable {
 public:
  using Row = std::vector<std::string>;

  explicit TextTable(Row header) { rows_.push_back(std::move(header)); }

  // REQUIRES: as many cells as the header has
  void add(Row row);

  // Two spaces between columns; the last one, the longest, is broken between words at the width.
  [[nodiscard]] std::string plain(size_t width = 100) const;

 private:
  std::vector<Row> rows_;  // the header first
};

}  // namespace pelikan
