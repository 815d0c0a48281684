// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"context"
	"math"
	"time"

	"google.golang.org/grpc/connectivity"
)

// backoffDelay is the time before an attempt, counted from 1, to subscribe again; random is from 0 to below 1. The first is spread
// over the whole of a second, so that a thousand subscribers of one gateway do not come back in one instant.
func backoffDelay(attempt int, random float64) time.Duration {
	if attempt == 1 {
		return time.Duration(random * float64(firstDelay))
	}
	delay := math.Min(float64(firstDelay)*math.Pow(delayFactor, float64(attempt-2)), float64(longestDelay))
	return time.Duration(delay * (1 + delayJitter*(2*random-1)))
}

// pause waits for the delay, or until the context ends, the client is closed, or, if it may end early, a connection that was lost is
// there again: it is made anew with delays of its own.
func (c *Client) pause(ctx context.Context, delay time.Duration, mayEndEarly bool) {
	ctx, cancel := context.WithTimeout(ctx, delay)
	defer cancel()
	for wasLost := false; ; {
		state := c.connection.GetState()
		switch state {
		case connectivity.Shutdown:
			return
		case connectivity.Idle, connectivity.TransientFailure:
			wasLost = true
		case connectivity.Ready:
			if wasLost && mayEndEarly {
				return
			}
		}
		if !c.connection.WaitForStateChange(ctx, state) {
			return
		}
	}
}
