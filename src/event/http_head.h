// HttpHead looks at the head of a request as its bytes come, for what one reader takes for the end
// of a line or of the head and another does not: a line that ends in LF or CR alone, a folded line,
// a zero byte. Of such a request nobody knows what a proxy in front of us made of it. Source: RFC
// 9112, sections 2.2, 5.2 and 11.2; evhttp, which reads the request, is lenient about all of it.
#pragma once

#include <cstdint>
#include <string_view>

namespace pelikan {

class HttpHead {
 public:
  // The bytes that came next on the connection; those behind the head are not looked at.
  void read(std::string_view bytes) noexcept;

  [[nodiscard]] bool is_ambiguous() const noexcept { return state_ == State::kAmbiguous; }

 private:
  enum class State : uint8_t {
    kLineStart,  // of any but the first
    kLine,
    kLineEnd,  // behind its CR
    kHeadEnd,  // behind the CR of the empty line
    kOver,
    kAmbiguous,
  };

  [[nodiscard]] State behind(char c) const noexcept;

  State state_ = State::kLine;
};

}  // namespace pelikan
