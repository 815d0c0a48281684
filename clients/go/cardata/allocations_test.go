// SPDX-License-Identifier: Apache-2.0

package cardata

import "testing"

// What Subscribe adds to the bare stub costs no memory for each event.
func TestHandingOverAllocatesNothing(t *testing.T) {
	response := events("t1", make([]int64, 64)...)
	s := subscription{yield: func(Update, error) bool { return true }}
	if allocations := testing.AllocsPerRun(100, func() { s.handOver(response) }); allocations != 0 {
		t.Errorf("%v allocations for 64 events", allocations)
	}
}
