// IntrusiveList: a doubly linked list through hooks inside its elements: nothing is allocated, and
// an element leaves in O(1) without being looked for. An element may stand in several lists at
// once, one per tag:
//
//   struct ByAge;
//   class Session : public ListHook<ByAge>, public ListHook<Waiting> { ... };
//   IntrusiveList<Session, ByAge> by_age;
//
// The list does not own its elements. An element that is destroyed while it is linked leaves by
// itself. Thread safety: none.
#pragma once

#include "base/assertion.h"

namespace pelikan {

template <class Tag>
class ListHook {
 public:
  ListHook() noexcept = default;
  ListHook(const ListHook&) = delete;
  ListHook& operator=(const ListHook&) = delete;
  ~ListHook() { unlink(); }

  [[nodiscard]] bool is_linked() const noexcept { return next_ != nullptr; }
  // Leaves the list it stands in, if any.
  void unlink() noexcept {
    if (!is_linked()) return;
    prev_->next_ = next_;
    next_->prev_ = prev_;
    prev_ = next_ = nullptr;
  }

 private:
  template <class, class>
  friend class IntrusiveList;
  ListHook* prev_ = nullptr;
  ListHook* next_ = nullptr;
};

template <class T, class Tag>
class IntrusiveList {
 public:
  using Hook = ListHook<Tag>;

  IntrusiveList() noexcept { end_.prev_ = end_.next_ = &end_; }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() {
    while (!is_empty()) static_cast<Hook&>(front()).unlink();
    end_.prev_ = end_.next_ = nullptr;  // the end is no element: nothing to unlink
  }

  [[nodiscard]] bool is_empty() const noexcept { return end_.next_ == &end_; }
  // REQUIRES: not empty
  [[nodiscard]] T& front() noexcept {
    DCHECK(!is_empty());
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDelete): an element that is deleted is unlinked
    return static_cast<T&>(*end_.next_);
  }
  // The first element, or null; with next() for walks:
  //   for (T* element = list.first(); element != nullptr; element = list.next(*element))
  [[nodiscard]] T* first() noexcept { return is_empty() ? nullptr : &front(); }
  // The element behind this one, or null. REQUIRES: element is in this list
  [[nodiscard]] T* next(T& element) noexcept {
    Hook* next = static_cast<Hook&>(element).next_;
    return next == &end_ ? nullptr : static_cast<T*>(next);
  }
  // Appends, wherever the element stood before.
  void move_to_back(T& element) noexcept {
    Hook& hook = element;
    hook.unlink();
    hook.prev_ = end_.prev_;
    hook.next_ = &end_;
    end_.prev_->next_ = &hook;
    end_.prev_ = &hook;
  }

 private:
  Hook end_;
};

}  // namespace pelikan
