// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func (a *app) accountsCommand() *cobra.Command {
	command := &cobra.Command{
		Use:     "accounts",
		Short:   "Show all accounts: their login, stream, requests and vehicles",
		Long:    "Shows all accounts, and what to do where one is not well. Asks BMW nothing.",
		Example: "  cardatactl accounts\n  cardatactl accounts -o json | jq -r 'select(.state != \"ACCOUNT_STATE_ACTIVE\").name'",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return a.showAccounts(command.Context())
		},
	}
	var confirmed bool
	remove := &cobra.Command{
		Use:   "remove ACCOUNT --yes",
		Short: "Remove an account with all that the gateway holds of it",
		Long: `Removes an account from the gateway with every trace of its data: tokens, vehicles, values, its entries in the log. This cannot be
undone. BMW's own record of the consent stays: end that in BMW's portal.`,
		Example:           "  cardatactl accounts remove home --yes",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeAccounts,
		RunE: func(command *cobra.Command, arguments []string) error {
			if !confirmed {
				return usageError{fmt.Errorf("removing %s cannot be undone; say --yes if you mean it", arguments[0])}
			}
			return a.removeAccount(command.Context(), arguments[0])
		},
	}
	remove.Flags().BoolVar(&confirmed, "yes", false, "yes, remove it")
	command.AddCommand(remove)
	return command
}

func (a *app) showAccounts(ctx context.Context) error {
	client, err := a.client()
	if err != nil {
		return err
	}
	defer client.Close()
	response, err := client.Auth.ListAccounts(ctx, &cardatav1.ListAccountsRequest{})
	if err != nil {
		return err
	}
	if a.output == "json" {
		return printJSON(a, response.GetAccounts()...)
	}
	if len(response.GetAccounts()) == 0 {
		a.note("There are no accounts yet: cardatactl login ACCOUNT --client-id ID")
		return nil
	}
	table := table{columns: []column{
		{title: "ACCOUNT", shrinks: atEnd}, {title: "LOGIN"}, {title: "STREAM"}, {title: "SINCE", right: true, drops: 2},
		{title: "LAST EVENT", right: true, drops: 1}, {title: "REQUESTS", right: true}, {title: "VEHICLES", shrinks: atEnd, drops: 3},
	}}
	var advice []string
	for _, account := range response.GetAccounts() {
		stream, requests := account.GetStream(), account.GetRequestsToday()
		table.add(account.GetName(), a.loginText(account), a.streamText(stream.GetState()), age(a.now(), stream.GetSince()),
			age(a.now(), stream.GetLastEventTime()), fmt.Sprintf("%d of %d", requests.GetUsed(), requests.GetLimit()),
			strings.Join(account.GetVins(), " "))
		if account.GetAdvice() != "" {
			advice = append(advice, fmt.Sprintf("%s %s", a.style.warning.Render(account.GetName()+":"), printable(account.GetAdvice())))
		}
	}
	a.print(table)
	for _, line := range advice {
		fmt.Fprintf(a.out, "\n%s\n", line)
	}
	return nil
}

func (a *app) removeAccount(ctx context.Context, account string) error {
	client, err := a.client()
	if err != nil {
		return err
	}
	defer client.Close()
	if _, err := client.Auth.RemoveAccount(ctx, &cardatav1.RemoveAccountRequest{Account: account}); err != nil {
		return err
	}
	a.note("The account %s is removed.", account)
	return nil
}

func (a *app) loginText(account *cardatav1.Account) string {
	text := word(account.GetState(), "ACCOUNT_STATE_")
	switch account.GetState() {
	case cardatav1.AccountState_ACCOUNT_STATE_ACTIVE:
		return a.style.good.Render(text)
	case cardatav1.AccountState_ACCOUNT_STATE_NEEDS_LOGIN:
		return a.style.bad.Render(text)
	}
	return a.style.warning.Render(text)
}

func (a *app) streamText(state cardatav1.StreamState) string {
	return a.style.stream(state).Render(word(state, "STREAM_STATE_"))
}
