// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func (a *app) loginCommand() *cobra.Command {
	var clientID string
	command := &cobra.Command{
		Use:   "login ACCOUNT",
		Short: "Log an account in, with a code that you approve at BMW",
		Long: `Logs an account in: shows BMW's link, as a QR code, too, and the code to type there; ends when you have approved it.

ACCOUNT is a name that you choose, such as home. An account that is logged in already is logged in anew, which is how to renew a
consent. The gateway goes on waiting for the approval when this program is interrupted.`,
		Example: `  cardatactl login home --client-id 3f72505b-0000-0000-0000-000000000000
  cardatactl login home`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeAccounts,
		RunE: func(command *cobra.Command, arguments []string) error {
			return a.logIn(command.Context(), arguments[0], clientID)
		},
	}
	command.Flags().StringVar(&clientID, "client-id", "", "the client id from BMW's portal (default: the account's last one, or the gateway's)")
	return command
}

func (a *app) logIn(ctx context.Context, account, clientID string) error {
	client, err := a.client()
	if err != nil {
		return err
	}
	defer client.Close()
	code, err := client.Auth.StartDeviceAuthorization(ctx,
		&cardatav1.StartDeviceAuthorizationRequest{Account: account, ClientId: clientID})
	switch {
	case cardata.ErrorOf(err).Reason == cardata.ReasonLoginInProgress:
		a.note("A login of %s is under way already: use the code that was shown when it began.", account)
	case err != nil:
		return err
	case a.output == "json":
		if err := printJSON(a, code); err != nil {
			return err
		}
	default:
		a.showCode(code)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := client.Auth.WatchDeviceAuthorization(ctx, &cardatav1.WatchDeviceAuthorizationRequest{Account: account})
	if err != nil {
		return err
	}
	return a.awaitApproval(ctx, stream)
}

func (a *app) showCode(code *cardatav1.StartDeviceAuthorizationResponse) {
	link := code.GetVerificationUri()
	if complete := code.GetVerificationUriComplete(); complete != "" {
		link = complete
	}
	if a.width() > 0 {
		for _, line := range qrLines(link, a.width()) {
			fmt.Fprintln(a.out, line)
		}
	}
	fmt.Fprintf(a.out, "\nOpen   %s\nCode   %s\n\n", printable(link), a.style.title.Render(printable(code.GetUserCode())))
}

// awaitApproval follows the login to its end, and counts down on a terminal.
func (a *app) awaitApproval(
	ctx context.Context, stream grpc.ServerStreamingClient[cardatav1.WatchDeviceAuthorizationResponse],
) error {
	responses := make(chan *cardatav1.WatchDeviceAuthorizationResponse)
	end := make(chan error, 1)
	go func() {
		for {
			response, err := stream.Recv()
			if err != nil {
				end <- err
				return
			}
			select {
			case responses <- response:
			case <-ctx.Done():
				return
			}
		}
	}()

	counting := a.width() > 0 && a.output != "json"
	second := time.NewTicker(time.Second)
	defer second.Stop()
	var last *cardatav1.WatchDeviceAuthorizationResponse
	var expires time.Time
	for {
		select {
		case err := <-end:
			a.clearLine(counting)
			if err == io.EOF {
				err = a.loginEnded(last)
			}
			return err
		case last = <-responses:
			expires = a.now().Add(last.GetRemaining().AsDuration())
			if a.output == "json" {
				if err := printJSON(a, last); err != nil {
					return err
				}
			}
		case <-second.C:
		}
		if counting && last.GetState() == cardatav1.DeviceAuthorizationState_DEVICE_AUTHORIZATION_STATE_PENDING {
			a.clearLine(counting)
			fmt.Fprint(a.out, ansi.Truncate(fmt.Sprintf("Waiting for your approval; the code is good for another %s. %s",
				span(max(0, expires.Sub(a.now()))), printable(last.GetAdvice())), a.width()-1, "…"))
		}
	}
}

func (a *app) clearLine(isTerminal bool) {
	if isTerminal {
		fmt.Fprint(a.out, "\r\x1b[K")
	}
}

func (a *app) loginEnded(last *cardatav1.WatchDeviceAuthorizationResponse) error {
	if last.GetState() != cardatav1.DeviceAuthorizationState_DEVICE_AUTHORIZATION_STATE_APPROVED {
		message := "the login was not approved: " + word(last.GetState(), "DEVICE_AUTHORIZATION_STATE_")
		if oauth := last.GetOauthError(); oauth != "" {
			message += " (BMW: " + oauth + ")"
		}
		return failedWith{exitLogin, message, last.GetAdvice()}
	}
	if a.output != "json" {
		fmt.Fprintf(a.out, "%s The account %s is logged in.\n", a.style.good.Render("Approved."), last.GetAccount().GetName())
		if advice := last.GetAccount().GetAdvice(); advice != "" {
			fmt.Fprintf(a.out, "%s %s\n", a.style.warning.Render("But:"), printable(advice))
		}
	}
	return nil
}
