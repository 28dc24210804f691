// The golden tables, memcache_golden*.txt, read into cases. The head of memcache_golden.txt says
// how they are written.
#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assertion.h"
#include "base/bytes.h"
#include "golden_frame.h"
#include "golden_text.h"
#include "log/temporary_directory.h"
#include "option_texts.h"

namespace pelikan::test {

// Something sent, then what is expected; {cas} still stands in both.
struct GoldenStep {
  std::string send;
  std::string expect;
  int64_t wait_s = 0;  // before it
};

struct GoldenCase {
  std::string name;
  std::string section;  // its first word
  std::vector<GoldenStep> steps;
  bool closes = false;
  bool whole = false;
  bool alone = false;

  // It may come behind others on one connection, and others behind it.
  [[nodiscard]] bool fits_stream() const {
    const bool waits = std::any_of(steps.begin(), steps.end(),
                                   [](const GoldenStep& step) { return step.wait_s != 0; });
    return !closes && !whole && !alone && !waits;
  }
};

// Cases, and the options of the server that is asked them.
struct GoldenGroup {
  OptionTexts options;
  std::vector<GoldenCase> cases;
};

struct GoldenTable {
  std::string_view name;
  size_t least;  // cases: a table does not shrink by mistake
  std::string_view text;
};

// clang-format off
inline constexpr std::array kGoldenTables{
    GoldenTable{"classic", 220,
#include "memcache_golden.txt"
    },
    GoldenTable{"dump", 30,
#include "memcache_golden_dump.txt"
    },
    GoldenTable{"stats", 58,
#include "memcache_golden_stats.txt"
    },
    GoldenTable{"binary", 70,
#include "memcache_golden_binary.txt"
    },
    GoldenTable{"auth", 35,
#include "memcache_golden_auth.txt"
    },
    GoldenTable{"meta", 220,
#include "memcache_golden_meta.txt"
    },
};
// clang-format on

// "\r" and the like, "{k}", and "{x*3}".
class GoldenReader {
 public:
  // One group for each set of options.
  [[nodiscard]] static std::vector<GoldenGroup> read(const GoldenTable& table) {
    GoldenReader reader;
    std::string_view rest = table.text;
    while (!rest.empty()) {
      const size_t end = rest.find('\n');
      reader.read_line(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return std::move(reader.groups_);
  }

 private:
  void read_line(std::string_view line) {
    constexpr std::string_view kSection = "# ---- ";
    if (line.starts_with(kSection)) {
      const std::string_view title = line.substr(kSection.size());
      section_ = title.substr(0, title.find(' '));
      options_.clear();
    }
    if (line.empty() || line.starts_with('#')) return;
    if (line.starts_with("option ")) return read_option(line.substr(7));
    if (line.starts_with("case ")) return begin_case(line.substr(5));
    CHECK(golden_ != nullptr);
    if (line == "closed") {
      golden_->closes = true;
    } else if (line == "whole") {
      golden_->whole = true;
    } else if (line == "alone") {
      golden_->alone = true;
    } else if (line.starts_with("wait ")) {
      golden_->steps.push_back({{}, {}, *parse_i64(line.substr(5))});
      expecting_ = false;
    } else if (line.front() == '>') {
      if (expecting_) golden_->steps.emplace_back();
      expecting_ = false;
      golden_->steps.back().send += text_of(line, '>');
    } else {
      CHECK(line.front() == '<');
      expecting_ = true;
      golden_->steps.back().expect += text_of(line, '<');
    }
  }

  void read_option(std::string_view line) {
    const size_t space = std::min(line.find(' '), line.size());
    std::string text = unescape(line.substr(std::min(space + 1, line.size())));
    constexpr std::string_view kFile = "{file ";
    if (text.starts_with(kFile))
      text = file_with(text.substr(kFile.size(), text.find('}') - kFile.size()));
    options_.emplace_back(line.substr(0, space), std::move(text));
  }

  // A file that lives as long as the process; equal ones are one.
  static std::string file_with(const std::string& content) {
    static const TemporaryDirectory directory;
    const std::string path = directory.path(std::to_string(std::hash<std::string>()(content)));
    std::ofstream(path) << content;
    using std::filesystem::perms;
    std::filesystem::permissions(path, perms::owner_read | perms::owner_write);
    return path;
  }

  void begin_case(std::string_view name) {
    auto group = std::find_if(groups_.begin(), groups_.end(), [this](const GoldenGroup& known) {
      return known.options == options_;
    });
    if (group == groups_.end()) group = groups_.insert(group, {options_, {}});
    group->cases.push_back({std::string(name), section_, {}});
    golden_ = &group->cases.back();
    expecting_ = true;
    ++number_;
  }

  // Behind "> " comes a line, behind ">> " just its text, behind ">b " a frame.
  [[nodiscard]] std::string text_of(std::string_view line, char mark) const {
    if (line.starts_with(std::string{mark, 'b', ' '})) return frame_of(line.substr(3), mark == '>');
    const bool bare = line.size() > 1 && line[1] == mark;
    const std::string text = plain(line.substr(std::min(line.size(), size_t{bare ? 3U : 2U})));
    return bare ? text : text + "\r\n";
  }

  [[nodiscard]] std::string frame_of(std::string_view words, bool is_request) const {
    GoldenFrame frame(is_request ? "\x80" : "\x81");
    while (!words.empty()) {
      const std::string_view word = words.substr(0, words.find(' '));
      words.remove_prefix(std::min(words.size(), word.size() + 1));
      frame.add(word, plain(word.substr(word.find('=') + 1)));
    }
    return frame.bytes();
  }

  [[nodiscard]] std::string plain(std::string_view escaped) const {
    std::string text = unescape(escaped);
    replace_all(text, "{k}", "key" + std::to_string(number_) + "_");
    repeat(text);
    return text;
  }

  std::vector<GoldenGroup> groups_;
  OptionTexts options_;  // of the section
  std::string section_;
  GoldenCase* golden_ = nullptr;  // the last one
  size_t number_ = 0;             // of the last one
  bool expecting_ = true;         // the last line belonged to what is expected
};

// The groups of all tables.
inline std::vector<GoldenGroup> read_golden() {
  std::vector<GoldenGroup> all;
  for (const GoldenTable& table : kGoldenTables) {
    for (GoldenGroup& group : GoldenReader::read(table)) all.push_back(std::move(group));
  }
  return all;
}

}  // namespace pelikan::test
