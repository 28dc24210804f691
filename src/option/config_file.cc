#include "option/config_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include "base/escape.h"
#include "base/unique_fd.h"

namespace pelikan {
namespace {

constexpr std::string_view kSpace = " \t\r";
constexpr size_t kFileMax = kMiB;

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// The line up to its comment: a '#' that is its first byte or follows white space.
std::string_view without_comment(std::string_view line) {
  for (size_t at = line.find('#'); at != line.npos; at = line.find('#', at + 1)) {
    if (at == 0 || kSpace.find(line[at - 1]) != kSpace.npos) return line.substr(0, at);
  }
  return line;
}

// Reads one file's lines into the options and keeps what is wrong with them.
class ConfigReader {
 public:
  explicit ConfigReader(const OptionSet& options) : options_(options) {}

  // An empty answer, or what is wrong with the line.
  [[nodiscard]] std::string apply(std::string_view line, size_t number) {
    const std::string_view content = without_comment(line);
    if (trimmed(content).empty()) return {};
    if (kSpace.find(content.front()) != kSpace.npos) {
      return fmt::format("'{}' is indented; a key starts in the first column",
                         escaped(trimmed(content)));
    }
    const size_t colon = content.find(':');
    if (colon == content.npos) {
      return fmt::format("'{}' has no colon; a line is `key: value`", escaped(trimmed(content)));
    }
    const std::string_view key = trimmed(content.substr(0, colon));
    OptionBase* option = options_.find(key);
    if (option == nullptr) {
      return fmt::format("unknown option '{}'{}", escaped(key),
                         did_you_mean(options_.nearest(key)));
    }
    const auto [first, is_new] = lines_.try_emplace(option, number);
    if (!is_new) return fmt::format("{}: set again; line {} sets it already", key, first->second);
    return set_from_text(*option, trimmed(content.substr(colon + 1)));
  }

 private:
  const OptionSet& options_;
  std::map<const OptionBase*, size_t> lines_;  // where an option was set
};

// Why not, or nothing.
std::string read_file(const std::string& path, std::string& text) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::strerror(errno);
  char part[4096];
  ssize_t size = 0;
  while ((size = ::read(file.get(), part, sizeof part)) > 0) {
    text.append(part, static_cast<size_t>(size));
    if (text.size() > kFileMax) return "larger than 1 MiB: no config file";
  }
  return size < 0 ? std::strerror(errno) : "";
}

}  // namespace

std::vector<std::string> apply_config_text(std::string_view text, std::string_view source,
                                           const OptionSet& options) {
  std::vector<std::string> errors;
  ConfigReader reader(options);
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string error = reader.apply(text.substr(0, end), number);
    if (!error.empty()) errors.push_back(fmt::format("{}:{}: {}", source, number, error));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return errors;
}

std::string read_config_file(const std::string& path, std::string& text) {
  const std::string error = read_file(path, text);
  return error.empty() ? error : fmt::format("config file {}: {}", path, error);
}

std::vector<std::string> apply_config_file(const std::string& path, const OptionSet& options) {
  std::string text;
  const std::string error = read_config_file(path, text);
  if (!error.empty()) return {error};
  return apply_config_text(text, path, options);
}

}  // namespace pelikan
