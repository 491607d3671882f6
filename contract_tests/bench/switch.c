/* Switches callgrind on and off around the work, and has it write down what it has counted. */
#include <valgrind/callgrind.h>

void on(void) {
    CALLGRIND_ZERO_STATS;
    CALLGRIND_START_INSTRUMENTATION;
}

void off(const char *name) {
    CALLGRIND_STOP_INSTRUMENTATION;
    CALLGRIND_DUMP_STATS_AT(name);
}
