// Golden tables: what clients send and what they are answered, byte for byte, read into cases. The
// head of memcache_golden.txt says how they are written, that of resp/golden_strings.txt what else
// there is for RESP.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assertion.h"
#include "base/bytes.h"
#include "golden_frame.h"
#include "golden_resp.h"
#include "golden_text.h"
#include "log/temporary_directory.h"
#include "option_texts.h"

namespace pelikan::test {

// Something sent, then what is expected; {cas} still stands in both.
struct GoldenStep {
  std::string send;
  std::string expect;
  int64_t wait_ms = 0;  // before it
};

struct GoldenCase {
  std::string name;
  std::string section;  // its first word
  std::vector<GoldenStep> steps;
  bool closes = false;
  bool whole = false;
  bool alone = false;
  bool ours = false;

  // It may come behind others on one connection, and others behind it.
  [[nodiscard]] bool fits_stream() const {
    const bool waits = std::any_of(steps.begin(), steps.end(),
                                   [](const GoldenStep& step) { return step.wait_ms != 0; });
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

// The version of RESP in which the cases of a table are played; memcached's have none.
enum class GoldenVersion : char { kNone = ' ', kResp2 = '2', kResp3 = '3' };

// "\r" and the like, "{k}", and "{x*3}".
class GoldenReader {
 public:
  // One group for each set of options, whichever table it comes from.
  [[nodiscard]] static std::vector<GoldenGroup> read(std::span<const GoldenTable> tables,
                                                     GoldenVersion version = GoldenVersion::kNone) {
    GoldenReader reader(version);
    for (const GoldenTable& table : tables) reader.read_table(table.text);
    return std::move(reader.groups_);
  }
  [[nodiscard]] static std::vector<GoldenGroup> read(const GoldenTable& table) {
    return read(std::span(&table, 1));
  }

 private:
  explicit GoldenReader(GoldenVersion version) : version_(version) {}

  void read_table(std::string_view text) {
    options_.clear();
    while (!text.empty()) {
      const size_t end = text.find('\n');
      read_line(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
  }

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
    if (is_of_other_version_) return;
    CHECK(golden_ != nullptr);
    if (line.front() == '>') {
      if (expecting_) golden_->steps.emplace_back();
      expecting_ = false;
      golden_->steps.back().send += request_of(line);
    } else if (line.front() == '<') {
      expecting_ = true;
      golden_->steps.back().expect += reply_of(line);
    } else {
      read_mark(line);
    }
  }

  void read_mark(std::string_view line) {
    constexpr std::string_view kVersion = "resp";
    constexpr std::string_view kWait = "wait ";
    if (line == "closed") {
      golden_->closes = true;
    } else if (line == "whole") {
      golden_->whole = true;
    } else if (line == "alone") {
      golden_->alone = true;
    } else if (line == "ours") {
      golden_->ours = true;
    } else if (line.starts_with(kVersion)) {
      if (version_ != GoldenVersion::kNone && line.back() != version_mark()) leave_case_out();
    } else {
      CHECK(line.starts_with(kWait));
      const bool is_ms = line.ends_with("ms");
      line = line.substr(kWait.size(), line.size() - kWait.size() - (is_ms ? 2 : 0));
      golden_->steps.push_back({{}, {}, *parse_i64(line) * (is_ms ? 1 : 1000)});
      expecting_ = false;
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
    std::string path = directory.path(std::to_string(std::hash<std::string>()(content)));
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
    is_of_other_version_ = false;
    ++number_;
    if (version_ != GoldenVersion::kResp3) return;
    golden_->steps.push_back({golden_request("HELLO 3"), "%{*}$7\r\nmodules\r\n*0\r\n"});
  }

  void leave_case_out() {
    for (GoldenGroup& group : groups_) {
      if (!group.cases.empty() && golden_ == &group.cases.back()) group.cases.pop_back();
    }
    golden_ = nullptr;
    is_of_other_version_ = true;
  }

  // Behind "> " comes a line, behind ">> " just its text, behind ">b " a frame, behind ">* " a
  // request of RESP.
  [[nodiscard]] std::string request_of(std::string_view line) const {
    constexpr std::string_view kWords = ">* ";
    if (!line.starts_with(kWords)) return text_of(line, '>');
    return golden_request(line.substr(kWords.size()),
                          [this](std::string_view word) { return plain(word); });
  }

  // As text_of(); with "2" or "3" behind the "<" only for that version; "<$ " has a bulk string,
  // "<- " the null of the version.
  [[nodiscard]] std::string reply_of(std::string_view line) const {
    constexpr std::string_view kBulk = "<$";
    std::string rest(line);
    if (line.size() > 1 && (line[1] == '2' || line[1] == '3')) {
      if (line[1] != version_mark()) return {};
      rest.erase(1, 1);
    }
    if (rest == "<-") return version_ == GoldenVersion::kResp3 ? "_\r\n" : "$-1\r\n";
    if (!rest.starts_with(kBulk)) return text_of(rest, '<');
    return golden_bulk(plain(rest.substr(std::min(rest.size(), kBulk.size() + 1))));
  }

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

  [[nodiscard]] char version_mark() const { return static_cast<char>(version_); }

  GoldenVersion version_;
  std::vector<GoldenGroup> groups_;
  OptionTexts options_;  // of the section
  std::string section_;
  GoldenCase* golden_ = nullptr;      // the last one
  size_t number_ = 0;                 // of the last one
  bool expecting_ = true;             // the last line belonged to what is expected
  bool is_of_other_version_ = false;  // the case that is read
};

}  // namespace pelikan::test
