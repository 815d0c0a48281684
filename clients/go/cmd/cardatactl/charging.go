// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// chargingFlags say which sessions are meant.
type chargingFlags struct {
	account, since, until string
	requests              int32
}

func (f *chargingFlags) add(a *app, command *cobra.Command) {
	command.Flags().StringVar(&f.since, "since", "30d", "sessions that began then or later: 30d, 2026-08-01")
	command.Flags().StringVar(&f.until, "until", "", "sessions that began before then (default now)")
	command.Flags().Int32Var(&f.requests, "max-requests", 5, "how many of the day's 50 requests to spend at most: 1 to 20")
	a.accountFlag(command, &f.account, "the account's name, where several have the vehicle")
}

func (f *chargingFlags) request(a *app) (*cardatav1.ListChargingSessionsRequest, error) {
	request := &cardatav1.ListChargingSessionsRequest{Account: f.account, MaxRequests: f.requests, PageSize: 1000}
	since, err := when(f.since, a.now())
	if err != nil {
		return nil, usageError{fmt.Errorf("--since: %w", err)}
	}
	request.StartTime = timestamppb.New(since)
	if f.until != "" {
		until, err := when(f.until, a.now())
		if err != nil {
			return nil, usageError{fmt.Errorf("--until: %w", err)}
		}
		request.EndTime = timestamppb.New(until)
	}
	return request, nil
}

func (a *app) chargingCommand() *cobra.Command {
	var flags chargingFlags
	command := &cobra.Command{
		Use:   "charging [VEHICLE]",
		Short: "Show how a vehicle was charged",
		Long: `Lists a vehicle's charging sessions, newest first. Ten sessions cost one of the day's 50 requests.

` + vehicleArgument,
		Example:           "  cardatactl charging\n  cardatactl charging 0001 --since 90d --max-requests 10\n  cardatactl charging curve 0001",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeVehicles(nil),
		RunE: func(command *cobra.Command, arguments []string) error {
			sessions, err := a.sessions(command.Context(), first(arguments), &flags)
			if err != nil {
				return err
			}
			if a.output == "json" {
				return printJSON(a, sessions...)
			}
			a.printSessions(sessions)
			return nil
		},
	}
	flags.add(a, command)
	command.AddCommand(a.curveCommand())
	return command
}

func (a *app) curveCommand() *cobra.Command {
	var flags chargingFlags
	var number int
	command := &cobra.Command{
		Use:               "curve [VEHICLE]",
		Short:             "Draw the power of a charging session",
		Long:              "Draws the power that a charging session took from the grid.\n\n" + vehicleArgument,
		Example:           "  cardatactl charging curve\n  cardatactl charging curve 0001 --number 3",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeVehicles(nil),
		RunE: func(command *cobra.Command, arguments []string) error {
			if number < 1 {
				return usageError{fmt.Errorf("--number counts from 1, the newest session")}
			}
			sessions, err := a.sessions(command.Context(), first(arguments), &flags)
			if err != nil {
				return err
			}
			if number > len(sessions) {
				return failedWith{exitNotFound, fmt.Sprintf("there are %s since %s", amount(len(sessions), "session"), flags.since),
					"--since asks for older ones"}
			}
			session := sessions[number-1]
			if a.output == "json" {
				return printJSON(a, session.GetChargingBlocks()...)
			}
			return a.printCurve(session)
		},
	}
	flags.add(a, command)
	command.Flags().IntVarP(&number, "number", "n", 1, "which session, counted from the newest")
	return command
}

// sessions are those that the flags ask for, as far as the requests reach.
func (a *app) sessions(ctx context.Context, vehicle string, flags *chargingFlags) ([]*cardatav1.ChargingSession, error) {
	request, err := flags.request(a)
	if err != nil {
		return nil, err
	}
	var sessions []*cardatav1.ChargingSession
	err = a.withClient(func(client *cardata.Client) error {
		if request.Vin, err = a.vin(ctx, client, vehicle); err != nil {
			return err
		}
		response, err := client.Charging.ListChargingSessions(ctx, request)
		if err != nil {
			return err
		}
		sessions = response.GetSessions()
		a.note("%s", cost(response.GetRead()))
		if response.GetNextPageToken() != "" {
			a.note("There are more: --until ends before the last of these, or --max-requests spends more.")
		}
		return nil
	})
	return sessions, err
}

func (a *app) printSessions(sessions []*cardatav1.ChargingSession) {
	if len(sessions) == 0 {
		a.note("No session began in that time.")
		return
	}
	table := table{columns: []column{
		{title: "#", right: true}, {title: "BEGIN"}, {title: "DURATION", right: true}, {title: "CHARGE", right: true},
		{title: "KWH", right: true}, {title: "KW", right: true}, {title: "ODOMETER", right: true, drops: 2},
		{title: "PLACE", shrinks: atEnd, drops: 1},
	}}
	for i, session := range sessions {
		table.add(strconv.Itoa(i+1), clock(session.GetStartTime()), durationText(session), chargeText(session),
			decimal(session.EnergyConsumedFromPowerGridKwh), decimal(meanPower(session)), odometer(session),
			printable(place(session)))
	}
	a.print(table)
}

func durationText(session *cardatav1.ChargingSession) string {
	switch {
	case session.GetEndTime() == nil:
		return "goes on"
	case session.GetStartTime() == nil:
		return ""
	}
	return span(session.GetEndTime().AsTime().Sub(session.GetStartTime().AsTime()))
}

func chargeText(session *cardatav1.ChargingSession) string {
	percent := func(charge *int32) string {
		if charge == nil {
			return "?"
		}
		return strconv.Itoa(int(*charge))
	}
	return fmt.Sprintf("%s → %s %%", percent(session.DisplayedStartSoc), percent(session.DisplayedSoc))
}

// meanPower is in kilowatts, over the time in which energy flowed; nothing where BMW leaves one of them out.
func meanPower(session *cardatav1.ChargingSession) *float64 {
	hours := session.GetTotalChargingDuration().AsDuration().Hours()
	if session.EnergyConsumedFromPowerGridKwh == nil || hours <= 0 {
		return nil
	}
	power := session.GetEnergyConsumedFromPowerGridKwh() / hours
	return &power
}

func odometer(session *cardatav1.ChargingSession) string {
	if session.Mileage == nil {
		return ""
	}
	return fmt.Sprintf("%d %s", session.GetMileage(), printable(session.GetMileageUnit()))
}

func place(session *cardatav1.ChargingSession) string {
	where := session.GetChargingLocation()
	if where.GetFormattedAddress() != "" {
		return where.GetFormattedAddress()
	}
	return where.GetMunicipality()
}

func decimal(number *float64) string {
	if number == nil {
		return ""
	}
	return strconv.FormatFloat(*number, 'f', 1, 64)
}
