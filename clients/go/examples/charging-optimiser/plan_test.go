// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // for machines without time zones
)

// A battery of 100 kWh that loses nothing, at a charger of 10 kW: an hour is ten per cent.
func simple(target float64, departure time.Time) Need {
	return Need{TargetSoC: target, Departure: departure, PowerKW: 10, BatteryKWh: 100, Efficiency: 1}
}

// at is a time of 1 December 2026 in UTC; from 24 on of the day after.
func at(hour, minute int) time.Time { return time.Date(2026, 12, 1, hour, minute, 0, 0, time.UTC) }

func sample(t *testing.T) Prices {
	t.Helper()
	file, err := os.Open("prices.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	prices, err := ReadPrices(file)
	if err != nil {
		t.Fatal(err)
	}
	return prices
}

// text is the windows as "22:00-23:00 01:00-01:30".
func text(plan Plan) string {
	var windows []string
	for _, window := range plan.Windows {
		windows = append(windows, window.Start.Format("15:04")+"-"+window.End.Format("15:04"))
	}
	return strings.Join(windows, " ")
}

func TestTheCheapestHoursAreTaken(t *testing.T) {
	flat := Prices{}
	night := sample(t) // cheapest at 3, 2, 4, 1, 0, 5, 23, 22, 6, 21
	for _, c := range []struct {
		name      string
		now       time.Time
		soc       float64
		target    float64
		departure time.Time
		prices    Prices
		windows   string
		reached   float64
	}{
		{"three of the night's", at(18, 0), 50, 80, at(31, 0), night, "02:00-03:00 03:00-04:00 04:00-05:00", 80},
		{"the last one in part", at(18, 0), 55, 80, at(31, 0), night, "02:00-03:00 03:00-04:00 04:00-04:30", 80},
		{"none that is over", at(26, 30), 50, 70, at(31, 0), night, "02:30-03:00 03:00-04:00 04:00-04:30", 70},
		{"none after the departure", at(26, 0), 50, 80, at(27, 15), night, "02:00-03:00 03:00-03:15", 62.5},
		{"all of them where they do not suffice", at(17, 20), 20, 80, at(19, 0), night, "17:20-18:00 18:00-19:00", 20 + 50.0/3},
		{"the earliest of equals", at(18, 0), 50, 70, at(31, 0), flat, "18:00-19:00 19:00-20:00", 70},
		{"none with enough", at(18, 0), 80, 80, at(31, 0), night, "", 80},
		{"none with more", at(18, 0), 93, 80, at(31, 0), night, "", 93},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := MakePlan(c.now, c.soc, simple(c.target, c.departure), c.prices)
			if text(plan) != c.windows || math.Abs(plan.SoC-c.reached) > 0.01 {
				t.Errorf("%s reaches %v; wanted %s, %v", text(plan), plan.SoC, c.windows, c.reached)
			}
		})
	}
}

func TestEnergyAndCostAreThoseOfTheGrid(t *testing.T) {
	need := Need{TargetSoC: 60, Departure: at(31, 0), PowerKW: 11, BatteryKWh: 80, Efficiency: 0.8}
	plan := MakePlan(at(18, 0), 50, need, sample(t)) // 8 kWh in the battery, 10 from the grid
	if math.Abs(plan.GridKWh-10) > 1e-6 || math.Abs(plan.Cost-10*0.196) > 1e-6 {
		t.Errorf("%v kWh for %v", plan.GridKWh, plan.Cost)
	}
}

// No other choice of hours is cheaper: all of them are tried.
func TestNoChoiceIsCheaper(t *testing.T) {
	prices := sample(t)
	from, to := at(18, 0), at(31, 0)
	all := hours(from, to, prices)
	for whole := 1; whole <= 6; whole++ {
		plan := MakePlan(from, 0, simple(float64(10*whole), to), prices)
		for chosen := range 1 << len(all) {
			var cost, energy float64
			for i, hour := range all {
				if chosen>>i&1 == 1 {
					energy += 10
					cost += 10 * hour.Price
				}
			}
			if energy == float64(10*whole) && cost < plan.Cost-1e-9 {
				t.Fatalf("%d hours are %v, and there is a choice for %v", whole, plan.Cost, cost)
			}
		}
	}
}

// In the night of 25 October 2026 Berlin's clock shows 02 twice, in that of 29 March not at all.
func TestHoursWhenTheClockIsChanged(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from, to time.Time
		hours    string
	}{
		{time.Date(2026, 10, 25, 0, 30, 0, 0, berlin), time.Date(2026, 10, 25, 4, 0, 0, 0, berlin), "[0 1 2 2 3]"},
		{time.Date(2026, 3, 29, 0, 30, 0, 0, berlin), time.Date(2026, 3, 29, 4, 0, 0, 0, berlin), "[0 1 3]"},
	} {
		var found []int
		for _, window := range hours(c.from, c.to, Prices{}) {
			found = append(found, window.Start.Hour())
		}
		if fmt.Sprint(found) != c.hours {
			t.Errorf("from %s the hours are %v", c.from, found)
		}
	}
}

func TestDecisions(t *testing.T) {
	prices := sample(t)
	need := simple(80, at(31, 0))
	for _, c := range []struct {
		now  time.Time
		car  Car
		text string
	}{
		{at(18, 0), Car{Plugged: true}, string(Unknown)},
		{at(18, 0), Car{SoCKnown: true, SoC: 50}, "plug in"},
		{at(18, 0), Car{SoCKnown: true, SoC: 50, Plugged: true}, "wait until Wed 02:00"},
		{at(26, 0), Car{SoCKnown: true, SoC: 50, Plugged: true}, "charge"},
		{at(26, 0), Car{SoCKnown: true, SoC: 80, Plugged: true}, string(Done)},
		{at(26, 0), Car{SoCKnown: true, SoC: 80}, string(Done)},
		{at(29, 0), Car{SoCKnown: true, SoC: 50, Plugged: true}, "charge"}, // too late to choose
	} {
		if decision, _ := Decide(c.now, c.car, need, prices); decision.String() != c.text {
			t.Errorf("at %s with %s: %s; wanted %s", c.now, c.car, decision, c.text)
		}
	}
}

// A night, minute by minute, with a car that tells each half per cent, and does what is decided: it is charged in one go from the
// cheapest hour on, and is full in time.
func TestANight(t *testing.T) {
	prices := sample(t)
	need := simple(80, at(31, 0))
	soc, switched, was := 50.0, 0, false
	for now := at(18, 0); now.Before(need.Departure); now = now.Add(time.Minute) {
		car := Car{SoCKnown: true, SoC: math.Floor(soc*2) / 2, Plugged: true}
		decision, _ := Decide(now, car, need, prices)
		charge := decision.Action == Charge
		if charge {
			soc += 10.0 / 60
		}
		if charge != was {
			switched++
			was = charge
		}
	}
	if soc < 80 || soc > 81 || switched != 2 {
		t.Errorf("it leaves with %v %%, switched %d times", soc, switched)
	}
}

func TestTheNextDeparture(t *testing.T) {
	seven := time.Date(0, 1, 1, 7, 0, 0, 0, time.UTC)
	for now, wanted := range map[time.Time]time.Time{
		at(6, 59): at(7, 0),
		at(7, 0):  at(31, 0),
		at(18, 0): at(31, 0),
	} {
		if got := next(now, seven); !got.Equal(wanted) {
			t.Errorf("after %s comes %s", now, got)
		}
	}
}
