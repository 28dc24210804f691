#include "service/resp/refusal.h"

#include <algorithm>
#include <cstring>

#include "base/letters.h"

namespace pelikan {
namespace {

constexpr size_t kMostShown = 128;  // bytes of a client's text, and of all arguments together

// An error's text, put together from a client's words.
class ErrorText {
 public:
  ErrorText& text(std::string_view text) noexcept {
    std::memcpy(end_, text.data(), text.size());
    end_ += text.size();
    return *this;
  }
  // What Redis' formats show of a word: up to a zero byte, line ends as blanks.
  ErrorText& word(std::string_view word, size_t most = kMostShown) noexcept {
    word = word.substr(0, std::min(most, word.find('\0')));
    end_ = resp::copy_into_line(end_, word);
    return *this;
  }
  ErrorText& upper(std::string_view name) noexcept {
    for (const char c : name) *end_++ = to_upper(c);
    return *this;
  }
  [[nodiscard]] std::string_view all() const noexcept {
    return {text_, static_cast<size_t>(end_ - text_)};
  }

 private:
  char text_[1024 + 128];  // a long word and what stands around it
  char* end_ = text_;
};

// An argument that was too long to be kept shows nothing.
std::string_view shown(std::string_view argument) noexcept {
  return resp::is_too_long(argument) ? std::string_view() : argument;
}

RespOutcome refuse_unknown(RespCall& call) noexcept {
  call.worker.metrics.unknown.add();
  ErrorText error;
  error.text("ERR unknown command '")
      .word(shown(call.args[0]))
      .text("', with args beginning with: ");
  const size_t begin = error.all().size();
  for (const std::string_view argument : call.args.subspan(1)) {
    const size_t used = error.all().size() - begin;
    if (used >= kMostShown) break;
    error.text("'").word(shown(argument), kMostShown - used).text("' ");
  }
  return call.reply_error(error.all());
}

// "ERR unknown subcommand 'x'. Try CLIENT HELP."
RespOutcome refuse_subcommand(RespCall& call, std::string_view head,
                              const resp::CommandSpec& container) noexcept {
  ErrorText error;
  error.text(head).word(shown(call.args[1])).text("'. Try ");
  error.upper(container.name).text(" HELP.");
  return call.reply_error(error.all());
}

}  // namespace

RespOutcome refuse_for_memory(RespCall& call) noexcept {
  call.worker.metrics.no_memory.add();
  return call.reply_error(resp::Error::kOutOfMemory);
}

RespOutcome refuse_count(RespCall& call) noexcept {
  ErrorText error;
  error.text("ERR wrong number of arguments for '").text(call.spec->fullname).text("' command");
  return call.reply_error(error.all());
}

RespOutcome refuse_subcommand_count(RespCall& call) noexcept {
  return refuse_subcommand(call, "ERR unknown subcommand or wrong number of arguments for '",
                           resp::spec_of(call.spec->parent));
}

RespOutcome refuse_word(RespCall& call, std::string_view head, std::string_view word) noexcept {
  constexpr size_t kMostOfWord = 1024;
  word = word.substr(0, std::min(kMostOfWord, word.find('\0')));
  word = word.substr(0, word.find_last_not_of("\r\n") + 1);
  return call.reply_error(ErrorText().text(head).word(word, kMostOfWord).all());
}

RespOutcome refuse(RespCall& call) noexcept {
  if (call.spec == nullptr) return refuse_unknown(call);
  if (call.spec->is_container() && call.args.size() > 1) {
    return refuse_subcommand(call, "ERR unknown subcommand '", *call.spec);
  }
  if (!call.spec->takes(call.args.size())) return refuse_count(call);
  if (!call.client.is_authenticated) return call.reply_error(resp::Error::kNoAuth);
  return refuse_unknown(call);
}

}  // namespace pelikan
