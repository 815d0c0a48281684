// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"time"
)

// Need is what the driver wants, and with what it is to be reached.
type Need struct {
	TargetSoC  float64 // per cent
	Departure  time.Time
	PowerKW    float64 // of the charger, taken from the grid
	BatteryKWh float64 // from empty to full
	Efficiency float64 // the share of the grid's energy that reaches the battery, above 0 and up to 1
}

// Window is a time in which to charge, at one price.
type Window struct {
	Start, End time.Time
	Price      float64 // of a kilowatt-hour
}

// Plan is when to charge.
type Plan struct {
	Windows []Window // in order of time; none where there is nothing to charge
	GridKWh float64  // what they take
	Cost    float64
	SoC     float64 // per cent, at the departure: less than the target where the time does not suffice
}

// MakePlan takes the cheapest hours between now and the departure, of two that cost the same the earlier one, until they bring
// what is needed. The charger is taken to give its power all the time: a battery that takes less at the end is charged for
// longer, because each new state of charge makes a new plan.
func MakePlan(now time.Time, soc float64, need Need, prices Prices) Plan {
	kWhPerPercent := need.BatteryKWh / 100 / need.Efficiency
	missing := max(0, need.TargetSoC-soc) * kWhPerPercent
	plan := Plan{SoC: soc}
	windows := hours(now, need.Departure, prices)
	slices.SortStableFunc(windows, func(a, b Window) int {
		switch {
		case a.Price < b.Price:
			return -1
		case a.Price > b.Price:
			return 1
		}
		return 0
	})
	for _, window := range windows {
		left := missing - plan.GridKWh
		if left < 0.01 {
			break
		}
		if needed := time.Duration(left / need.PowerKW * float64(time.Hour)); needed < window.End.Sub(window.Start) {
			window.End = window.Start.Add(needed)
		}
		energy := need.PowerKW * window.End.Sub(window.Start).Hours()
		plan.GridKWh += energy
		plan.Cost += energy * window.Price
		plan.Windows = append(plan.Windows, window)
	}
	plan.SoC += plan.GridKWh / kWhPerPercent
	slices.SortFunc(plan.Windows, func(a, b Window) int { return a.Start.Compare(b.Start) })
	return plan
}

// hours cuts the time at each full hour of the local clock.
func hours(from, to time.Time, prices Prices) []Window {
	var windows []Window
	for start := from; start.Before(to); {
		end := start.Truncate(time.Minute).Add(time.Duration(60-start.Minute()) * time.Minute)
		if end.After(to) {
			end = to
		}
		windows = append(windows, Window{Start: start, End: end, Price: prices[start.Hour()]})
		start = end
	}
	return windows
}

// Action is what to do now.
type Action string

const (
	Unknown Action = "wait for the state of charge, which the car has not told yet"
	PlugIn  Action = "plug in"
	Wait    Action = "wait"
	Charge  Action = "charge"
	Done    Action = "do not charge: there is enough"
)

// Decision is what to do now, and for Wait until when.
type Decision struct {
	Action Action
	Until  time.Time
}

func (d Decision) String() string {
	if d.Action == Wait {
		return fmt.Sprintf("%s until %s", d.Action, d.Until.Format("Mon 15:04"))
	}
	return string(d.Action)
}

// Decide says what to do now.
func Decide(now time.Time, car Car, need Need, prices Prices) (Decision, Plan) {
	if !car.SoCKnown {
		return Decision{Action: Unknown}, Plan{}
	}
	plan := MakePlan(now, car.SoC, need, prices)
	switch {
	case len(plan.Windows) == 0:
		return Decision{Action: Done}, plan
	case !car.Plugged:
		return Decision{Action: PlugIn}, plan
	case plan.Windows[0].Start.After(now):
		return Decision{Action: Wait, Until: plan.Windows[0].Start}, plan
	}
	return Decision{Action: Charge}, plan
}
