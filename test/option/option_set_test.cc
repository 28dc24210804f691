#include "option/option_set.h"

#include "sample_options.h"

#include "check.h"

using namespace pelikan;
using pelikan::test::SampleOptions;

namespace {

START_TEST(it_finds_every_option_of_every_group) {
  const SampleOptions sample;
  ck_assert_uint_eq(sample.all.options().size(), 7);
  ck_assert_ptr_eq(sample.all.find("seg_memory"), &sample.seg.memory);
  ck_assert_ptr_eq(sample.all.find("nice"), &sample.server.nice);
  for (const char* name : {"", "seg", "SEG_MEMORY", "seg_memory "})
    ck_assert_ptr_null(sample.all.find(name));
}
END_TEST

START_TEST(a_name_in_two_groups_aborts) {
  test::SegOptions first;
  test::SegOptions second;
  ck_assert_aborts(const OptionSet set({&first, &second}));
}
END_TEST

START_TEST(the_nearest_name_takes_the_fewest_edits) {
  const SampleOptions sample;
  ck_assert_text_eq(sample.all.nearest("seg_memry"), "seg_memory");
  ck_assert_text_eq(sample.all.nearest("segmemory"), "seg_memory");
  ck_assert_text_eq(sample.all.nearest("server_prt"), "server_port");
  ck_assert_text_eq(sample.all.nearest("server_path"), "server_port");
  ck_assert_text_eq(sample.all.nearest("seg_evicton"), "seg_eviction");
  ck_assert_text_eq(sample.all.nearest("mice"), "nice");
}
END_TEST

START_TEST(nothing_is_near_a_foreign_word) {
  const SampleOptions sample;
  for (const char* name : {"", "x", "maxmemory", "listen", "tls_cert"})
    ck_assert_text_eq(sample.all.nearest(name), "");
  ck_assert_text_eq(sample.all.nearest(std::string(100'000, 'a')), "");
}
END_TEST

START_TEST(a_bad_value_is_told_with_name_value_and_range) {
  const SampleOptions sample;
  ck_assert_text_eq(set_from_text(*sample.all.find("seg_memory"), "1KiB"),
                    "seg_memory: '1KiB' is out of range; allowed: 8MiB..1TiB");
  ck_assert_text_eq(set_from_text(*sample.all.find("seg_eviction"), "lru\x1b"),
                    "seg_eviction: 'lru\\x1b' is not one of the words; allowed: none|fifo");
  ck_assert_text_eq(set_from_text(*sample.all.find("seg_cas"), ""),
                    "seg_cas: '' is neither yes nor no");
  ck_assert_text_eq(set_from_text(*sample.all.find("seg_cas"), "no"), "");
}
END_TEST

START_TEST(the_table_lists_every_option_within_100_columns) {
  const SampleOptions sample;
  ck_assert_text_eq(option_table(sample.all),
                    "name              type    default  allowed     meaning\n"
                    "seg_memory        bytes   64MiB    8MiB..1TiB  all memory of the store\n"
                    "seg_eviction      word    fifo     none|fifo   what goes first\n"
                    "seg_cas           yes|no  yes                  keep a token per item for cas, "
                    "gets and gats, 8 bytes\n"
                    "                                               each\n"
                    "server_port       number  11211    0..65535    TCP port\n"
                    "server_unix_path  text                         unix-domain socket\n"
                    "idle_timeout      time    1m       0ms..1d     close idle ones\n"
                    "nice              number  0        -20..19     priority\n");
}
END_TEST

}  // namespace

PELIKAN_TESTS("option/option_set", it_finds_every_option_of_every_group,
              a_name_in_two_groups_aborts, the_nearest_name_takes_the_fewest_edits,
              nothing_is_near_a_foreign_word, a_bad_value_is_told_with_name_value_and_range,
              the_table_lists_every_option_within_100_columns)
