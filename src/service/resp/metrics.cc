#include "service/resp/metrics.h"

#include <algorithm>
#include <string>

namespace pelikan {
namespace {

struct Texts {
  std::string calls;
  std::string calls_help;
  std::string errors;
  std::string errors_help;
};

Texts texts_of(const resp::CommandSpec& spec) {
  Texts texts;
  texts.calls = "resp_" + std::string(spec.fullname);
  const auto is_no_letter = [](char c) { return c == '|' || c == '-'; };
  std::replace_if(texts.calls.begin(), texts.calls.end(), is_no_letter, '_');
  texts.errors = texts.calls + "_error";
  std::string words(spec.fullname);
  std::replace(words.begin(), words.end(), '|', ' ');
  texts.calls_help = "calls of " + words;
  texts.errors_help = "calls of " + words + " answered by an error";
  return texts;
}

}  // namespace

void RespMetrics::count_error_kind(std::string_view text) noexcept {
  const std::string_view word = text.substr(0, text.find(' '));
  for (size_t i = 0; i < kRespErrorKinds.size(); ++i) {
    if (kRespErrorKinds[i].word == word) return kinds_[i].add();
  }
}

const RespCommandNames& command_metric_names(resp::Command command) {
  static const auto all_texts = [] {
    std::array<Texts, resp::kCommandCount> texts;
    for (const resp::CommandSpec& spec : resp::all_commands()) {
      texts[static_cast<size_t>(spec.id)] = texts_of(spec);
    }
    return texts;
  }();
  static const auto all_names = [] {
    std::array<RespCommandNames, resp::kCommandCount> names;
    std::transform(all_texts.begin(), all_texts.end(), names.begin(), [](const Texts& texts) {
      return RespCommandNames{texts.calls, texts.calls_help, texts.errors, texts.errors_help};
    });
    return names;
  }();
  return all_names[static_cast<size_t>(command)];
}

}  // namespace pelikan
