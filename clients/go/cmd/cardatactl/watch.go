// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// watchFlags say what is followed, from where, and for how long.
type watchFlags struct {
	accounts, vehicles, descriptors []string
	from, resumeToken               string
	positions, latest               bool
	interval, ends                  time.Duration
}

func (a *app) watchCommand() *cobra.Command {
	var flags watchFlags
	command := &cobra.Command{
		Use:   "watch",
		Short: "Follow what vehicles send, as it comes",
		Long: `Follows vehicles, over every restart of the gateway and every broken connection, until you end it. Asks BMW nothing.

On a terminal it is a table of the current values that is kept up to date. Piped, or with -o json, each update is one JSON object on
a line: an entry of the gateway's log ({"sequence":…,"event":…}; also position, gap, accountRemoved, notKept), a notice ({"started":…},
{"caughtUp":…}, {"heartbeat":…}, {"lag":…}) or {"reconnecting":…}. "resumeToken" is in the last one of what the gateway sent together:
--resume-token goes on right after it.`,
		Example: `  cardatactl watch
  cardatactl watch -v 0001 -d 'vehicle.drivetrain.*'
  cardatactl watch --from 2h -o json | jq -c 'select(.event) | [.event.descriptorId, .event.raw]'
  cardatactl watch --latest --interval 10s`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(command *cobra.Command, _ []string) error {
			return a.watch(command.Context(), &flags)
		},
	}
	add := command.Flags()
	add.StringSliceVarP(&flags.accounts, "account", "a", nil, "only these accounts")
	add.StringSliceVarP(&flags.vehicles, "vehicle", "v", nil, "only these vehicles: VINs, or ends of some")
	add.StringSliceVarP(&flags.descriptors, "descriptor", "d", nil, "only these descriptors: ids, or the beginning of some and *")
	add.StringVar(&flags.from, "from", "current", "where to begin: current, live, earliest, 2h, 2026-08-01, 2026-08-01T10:00:00Z")
	add.StringVar(&flags.resumeToken, "resume-token", "", "begin right after the update that had this token")
	add.BoolVar(&flags.positions, "positions", false, "also positions: latitude and longitude together")
	add.BoolVar(&flags.latest, "latest", false, "of each descriptor only the latest value, where many have come")
	add.DurationVar(&flags.interval, "interval", 0, "with --latest: the least time between two values of a descriptor")
	add.DurationVar(&flags.ends, "for", 0, "end after this time, such as 30s")
	command.MarkFlagsMutuallyExclusive("from", "resume-token")
	complete := func(of completion) completion {
		return func(command *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			return of(command, nil, begun)
		}
	}
	_ = command.RegisterFlagCompletionFunc("account", complete(a.completeAccounts))
	_ = command.RegisterFlagCompletionFunc("vehicle", complete(a.completeVehicles(nil)))
	_ = command.RegisterFlagCompletionFunc("descriptor", a.completeDescriptors)
	_ = command.RegisterFlagCompletionFunc("from",
		cobra.FixedCompletions([]string{"current", "live", "earliest"}, cobra.ShellCompDirectiveNoFileComp))
	return command
}

func (a *app) watch(ctx context.Context, flags *watchFlags) error {
	if a.output == "table" && a.width() == 0 {
		return usageError{errors.New("the table of watch needs a terminal: say -o json")}
	}
	return a.withClient(func(client *cardata.Client) error {
		request, err := a.subscribeRequest(ctx, client, flags)
		if err != nil {
			return err
		}
		if flags.ends > 0 {
			limited, cancel := context.WithTimeout(ctx, flags.ends)
			defer cancel()
			ctx = limited
		}
		updates := client.Subscribe(ctx, request)
		if a.output == "json" || a.width() == 0 {
			err = a.watchLines(updates)
		} else {
			err = a.watchTable(ctx, client, updates, flags.accounts)
		}
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			return nil // Ctrl-C and --for are how it ends.
		}
		return err
	})
}

func (a *app) subscribeRequest(
	ctx context.Context, client *cardata.Client, flags *watchFlags,
) (*cardatav1.SubscribeRequest, error) {
	request := &cardatav1.SubscribeRequest{
		Accounts: flags.accounts, DescriptorPatterns: flags.descriptors, Positions: flags.positions,
	}
	for _, vehicle := range flags.vehicles {
		vin, err := a.vin(ctx, client, vehicle)
		if err != nil {
			return nil, err
		}
		request.Vins = append(request.Vins, vin)
	}
	if flags.interval > 0 && !flags.latest {
		return nil, usageError{errors.New("--interval goes with --latest")}
	}
	if flags.latest {
		request.DeliveryMode = cardatav1.DeliveryMode_DELIVERY_MODE_LATEST_VALUES
	}
	if flags.interval > 0 {
		request.MinInterval = durationpb.New(flags.interval)
	}
	begin := func(position cardatav1.StartPosition) {
		request.Start = &cardatav1.SubscribeRequest_Position{Position: position}
	}
	switch {
	case flags.resumeToken != "":
		request.Start = &cardatav1.SubscribeRequest_ResumeToken{ResumeToken: flags.resumeToken}
	case flags.from == "current":
		begin(cardatav1.StartPosition_START_POSITION_CURRENT_VALUES)
	case flags.from == "live":
		begin(cardatav1.StartPosition_START_POSITION_LIVE)
	case flags.from == "earliest":
		begin(cardatav1.StartPosition_START_POSITION_EARLIEST)
	default:
		since, err := when(flags.from, a.now())
		if err != nil {
			return nil, usageError{fmt.Errorf("--from: %w; or current, live, earliest", err)}
		}
		request.Start = &cardatav1.SubscribeRequest_SinceTime{SinceTime: timestamppb.New(since)}
	}
	return request, nil
}

// watchLines writes each update as one JSON object on a line.
func (a *app) watchLines(updates iter.Seq2[cardata.Update, error]) error {
	for update, err := range updates {
		if err != nil {
			return err
		}
		line, err := updateJSON(update)
		if err != nil {
			return err
		}
		if line == nil {
			continue
		}
		if _, err := a.out.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}
