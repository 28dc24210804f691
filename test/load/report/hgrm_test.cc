#include "load/report/hgrm.h"

#include <string>
#include <vector>

#include "load/report/sample_run.h"
#include "load/workload/words.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::load;

// Ten answers of 1..10 us; the levels that each reaches were worked out by hand.
START_TEST(the_distribution_of_ten_values) {
  ck_assert_text_eq(hgrm_text(load::test::times(1, 10)),
                    "       Value     Percentile TotalCount 1/(1-Percentile)\n"
                    "\n"
                    "       0.001 0.000000000000          1           1.00\n"
                    "       0.001 0.100000000000          1           1.11\n"
                    "       0.002 0.200000000000          2           1.25\n"
                    "       0.003 0.300000000000          3           1.43\n"
                    "       0.004 0.400000000000          4           1.67\n"
                    "       0.005 0.500000000000          5           2.00\n"
                    "       0.006 0.550000000000          6           2.22\n"
                    "       0.006 0.600000000000          6           2.50\n"
                    "       0.007 0.650000000000          7           2.86\n"
                    "       0.007 0.700000000000          7           3.33\n"
                    "       0.008 0.750000000000          8           4.00\n"
                    "       0.008 0.775000000000          8           4.44\n"
                    "       0.008 0.800000000000          8           5.00\n"
                    "       0.009 0.825000000000          9           5.71\n"
                    "       0.009 0.850000000000          9           6.67\n"
                    "       0.009 0.875000000000          9           8.00\n"
                    "       0.009 0.887500000000          9           8.89\n"
                    "       0.009 0.900000000000          9          10.00\n"
                    "       0.010 0.912500000000         10          11.43\n"
                    "       0.010 1.000000000000         10\n"
                    "#[Mean    =        0.005, StdDeviation   =        0.003]\n"
                    "#[Max     =        0.010, Total count    =           10]\n"
                    "#[Buckets =           32, SubBuckets     =           64]\n");
}
END_TEST

START_TEST(nothing_measured_has_no_lines) {
  const std::string text = hgrm_text({});
  ck_assert_uint_eq(split(text, '\n').size(), 6);  // two of the header, three of the end, and ""
  ck_assert(text.find("Total count    =            0]") != text.npos);
}
END_TEST

START_TEST(lines_grow_towards_the_largest_value) {
  const std::string text = hgrm_text(load::test::times(1, 100'000));
  double last_value = 0, last_share = -1;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty() || line[0] == '#' || line.find("Value") != line.npos) continue;
    const double value = std::stod(std::string(line.substr(0, 12)));
    const double share = std::stod(std::string(line.substr(13, 14)));
    ck_assert(value >= last_value && share > last_share);
    if (share < 1) ck_assert_double_eq_tol(value, 100 * share, 1);
    last_value = value;
    last_share = share;
  }
  ck_assert_double_eq_tol(last_value, 100, 1e-9);
  ck_assert_double_eq_tol(last_share, 1, 1e-12);
}
END_TEST

PELIKAN_TESTS("load/report/hgrm", the_distribution_of_ten_values, nothing_measured_has_no_lines,
              lines_grow_towards_the_largest_value)
