// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package cardata

import (
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestDelaysGrowToHalfAMinuteAndAreSpread(t *testing.T) {
	for _, test := range []struct {
		attempt                int
		least, middle, longest time.Duration
	}{
		{1, 0, 500 * time.Millisecond, time.Second},
		{2, 800 * time.Millisecond, time.Second, 1200 * time.Millisecond},
		{3, 1280 * time.Millisecond, 1600 * time.Millisecond, 1920 * time.Millisecond},
		{4, 2048 * time.Millisecond, 2560 * time.Millisecond, 3072 * time.Millisecond},
		{10, 24 * time.Second, 30 * time.Second, 36 * time.Second},
		{1_000_000, 24 * time.Second, 30 * time.Second, 36 * time.Second},
	} {
		for random, expected := range map[float64]time.Duration{0: test.least, 0.5: test.middle, 1: test.longest} {
			if delay := backoffDelay(test.attempt, random); (delay - expected).Abs() > time.Microsecond {
				t.Errorf("attempt %d at %v: %v and not %v", test.attempt, random, delay, expected)
			}
		}
	}
}

func TestAttemptsThatFailComeLessAndLessOftenUntilTheGatewaySendsSomething(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := status.Error(codes.Internal, "no")
		gateway := startFake(t, endsWith(failed), endsWith(failed), endsWith(failed), endsWith(failed, events("t1", 1)),
			endsWith(failed), sends(events("t2", 2)))
		begin := time.Now()
		expect(t, take(t, gateway.connect(), nil, 7),
			"Reconnecting 1 in 500ms: Internal",
			"Reconnecting 2 in 1s: Internal",
			"Reconnecting 3 in 1.6s: Internal",
			"*cardatav1.Event 1 t1",
			"Reconnecting 1 in 500ms: Internal",
			"Reconnecting 2 in 1s: Internal",
			"*cardatav1.Event 2 t2",
		)
		if took := time.Since(begin); took != 4600*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestTheDelayIsAtLeastWhatTheGatewaySays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := startFake(t, endsWith(busyFor(t, time.Minute)), sends(events("t1", 1)))
		begin := time.Now()
		expect(t, take(t, gateway.connect(), nil, 2),
			"Reconnecting 1 in 1m0s: ResourceExhausted",
			"*cardatav1.Event 1 t1",
		)
		if took := time.Since(begin); took != time.Minute {
			t.Errorf("took %v", took)
		}
	})
}
