#pragma once
// Flow control by credit: the consumer grants, the producer spends, nobody queues more than the
// window.

#include <cstdint>

namespace tinysync::actors {

/// The consumer's side: grants the whole window at first and again whenever half of it was used up.
/// Pure.
class credit_window {
 public:
  explicit credit_window(std::uint32_t size) : size_(size == 0 ? 1 : size) {}

  /// The first grant, to be sent to the producer; 0 if it was given already. Also after `reset`.
  std::uint32_t open() {
    if (open_) return 0;
    open_ = true;
    return size_;
  }
  /// `n` items were handled. Returns how much to grant now: 0 until half the window is used up.
  std::uint32_t consumed(std::uint32_t n = 1) {
    used_ += n;
    if (!open_ || used_ < (size_ + 1) / 2) return 0;
    auto grant = used_;
    used_ = 0;
    return grant;
  }
  /// The producer is a new one: it has no credit.
  void reset() {
    open_ = false;
    used_ = 0;
  }
  std::uint32_t size() const { return size_; }

 private:
  std::uint32_t size_;
  std::uint32_t used_ = 0;
  bool open_ = false;
};

/// The producer's side: how many items it may send now. Pure.
class credit {
 public:
  void grant(std::uint32_t n) { left_ += n; }
  /// Spends one; false if there is none.
  bool spend() {
    if (left_ == 0) return false;
    --left_;
    return true;
  }
  std::uint64_t left() const { return left_; }
  /// The consumer is a new one: wait for its first grant.
  void reset() { left_ = 0; }

 private:
  std::uint64_t left_ = 0;
};

}  // namespace tinysync::actors
