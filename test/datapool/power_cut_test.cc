// The power goes at every sync point of opening and keeping a pool, and nothing, everything or some
// of the words survive that were written since the sync before.
#include <sys/stat.h>

#include <set>

#include "datapool/pool_rig.h"
#include "datapool/recording_medium.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

constexpr unsigned kSeeds = 40;

// What a power cut may leave, at each moment it was taken.
using Images = std::vector<std::string>;

void take(const RecordingMedium& medium, Images& images) {
  images.push_back(medium.after_cut(kNothing));
  images.push_back(medium.after_cut(kEverything));
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    constexpr unsigned kShares[] = {128, 8, 248, 64};
    images.push_back(medium.after_cut({images.size() + seed, kShares[seed % 4]}));
  }
}

class Bench {
 public:
  explicit Bench(uint64_t unit) : unit_(unit) {}

  PoolRig& rig() { return rig_; }
  std::string image() const { return content_of(rig_.options.path.get()); }
  void put(const std::string& image) {
    std::ofstream(rig_.options.path.get(), std::ios::binary | std::ios::trunc) << image;
    ck_assert_int_eq(::chmod(rig_.options.path.get().c_str(), 0600), 0);
  }

  // Opens what lies there, fills the heap, stops cleanly: the cuts that this could suffer. The file
  // itself stays as the opening found it, but for formatting.
  Images cuts_of_a_life(const std::string& text) {
    Images images;
    RecordingMedium* recording = nullptr;
    const auto pool = rig_.open([&](int file, uint64_t bytes) {
      auto medium = std::make_unique<RecordingMedium>(
          file, bytes, unit_, [&](const RecordingMedium& now) { take(now, images); });
      recording = medium.get();
      return medium;
    });
    rig_.keep(*pool, text);
    take(*recording, images);
    last_ = recording->after_cut(kNothing);
    return images;
  }
  // What the stop of the last life left for good.
  const std::string& last() const { return last_; }

  // What a store finds in an image; nothing is ever refused after a cut.
  std::string answer_to(const std::string& image) {
    put(image);
    return PoolRig::content(*rig_.open());
  }

 private:
  const TemporaryDirectory folder_{"/dev/shm"};
  const uint64_t unit_;
  PoolRig rig_{folder_.path("pool")};
  std::string last_;
};

// Each image gives one of the allowed answers, and the same when it is opened again; a pool that
// was opened and not kept is empty.
std::set<std::string> answers(Bench& bench, const Images& images,
                              const std::set<std::string>& allowed) {
  std::set<std::string> seen;
  for (const std::string& image : images) {
    const std::string answer = bench.answer_to(image);
    ck_assert_msg(allowed.contains(answer), "%s", answer.c_str());
    ck_assert(bench.answer_to(image) == answer);
    ck_assert_text_eq(PoolRig::content(*bench.rig().open()), "empty");
    seen.insert(answer);
  }
  return seen;
}

START_TEST(a_cut_in_the_life_of_a_kept_pool_leaves_what_was_or_what_is_or_nothing) {
  for (const uint64_t unit : {RecordingMedium::kPage, RecordingMedium::kLine}) {
    Bench bench(unit);
    bench.rig().make_clean("older, a longer text");
    bench.rig().make_clean("old");
    const Images images = bench.cuts_of_a_life("the new");
    ck_assert_uint_ge(images.size(), 6 * (2 + kSeeds));
    const auto seen = answers(bench, images, {"old", "the new", "empty"});
    ck_assert_uint_eq(seen.size(), 3);
    ck_assert_text_eq(bench.answer_to(bench.last()), "the new");
  }
}
END_TEST

START_TEST(a_cut_in_the_life_of_a_dirty_pool_brings_nothing_back) {
  Bench bench(RecordingMedium::kPage);
  bench.rig().make_clean("old");
  (void)bench.rig().open();
  answers(bench, bench.cuts_of_a_life("the new"), {"the new", "empty"});
}
END_TEST

START_TEST(a_cut_while_a_pool_is_formatted_leaves_an_empty_one) {
  Bench bench(RecordingMedium::kPage);
  bench.put("");
  answers(bench, bench.cuts_of_a_life("first"), {"first", "empty"});
}
END_TEST

START_TEST(a_cut_while_a_pool_of_another_shape_is_formatted_leaves_nothing_of_it) {
  Bench bench(RecordingMedium::kPage);
  bench.rig().make_clean("other");
  bench.rig().shape.segments *= 2;
  bench.rig().options.on_mismatch.set("discard");
  answers(bench, bench.cuts_of_a_life("first"), {"first", "empty"});
}
END_TEST

// The next start after a cut is cut as well, and the one after it.
START_TEST(cuts_upon_cuts_leave_one_of_the_contents_or_nothing) {
  Bench bench(RecordingMedium::kPage);
  bench.rig().make_clean("first");
  std::mt19937_64 random(11);
  std::set<std::string> allowed{"first", "empty"};
  std::string image = bench.image();
  for (int life = 0; life < 60; ++life) {
    bench.put(image);
    const std::string text = "life " + std::to_string(life);
    const Images images = bench.cuts_of_a_life(text);
    allowed.insert(text);
    image = images[random() % images.size()];
    const std::string answer = bench.answer_to(image);
    ck_assert_msg(allowed.contains(answer), "%s", answer.c_str());
    allowed = {answer, "empty"};
  }
}
END_TEST

}  // namespace

PELIKAN_TESTS("datapool/power_cut",
              a_cut_in_the_life_of_a_kept_pool_leaves_what_was_or_what_is_or_nothing,
              a_cut_in_the_life_of_a_dirty_pool_brings_nothing_back,
              a_cut_while_a_pool_is_formatted_leaves_an_empty_one,
              a_cut_while_a_pool_of_another_shape_is_formatted_leaves_nothing_of_it,
              cuts_upon_cuts_leave_one_of_the_contents_or_nothing)
