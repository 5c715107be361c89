// The round trip with the Go client of oapi-codegen: see ../../README.md for what it expects.
package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"strings"
	"time"

	icr "icr.invalid/sdks/go-generators/client"

	"github.com/oapi-codegen/nullable"
	"github.com/oapi-codegen/runtime/types"
)

const (
	site   = "ccn-vi-du"
	source = "bac-kan-press-2023-12"
)

var (
	ctx      = context.Background()
	august   = day(2023, time.August, 1)
	december = day(2023, time.December, 31)
	newYear  = day(2024, time.January, 1)
	clusters = []icr.SiteKind{"cluster"}
	province = []string{"06"}
)

func day(year int, month time.Month, of int) *types.Date {
	return &types.Date{Time: time.Date(year, month, of, 0, 0, 0, 0, time.UTC)}
}

// expect ends the round trip where an answer is not the expected one.
func expect(what string, got, wanted any) {
	if !reflect.DeepEqual(got, wanted) {
		fmt.Fprintf(os.Stderr, "%s: got %v, expected %v\n", what, got, wanted)
		os.Exit(1)
	}
}

// must ends the round trip where a request failed.
func must[T any](value T, failed error) T {
	if failed != nil {
		fmt.Fprintln(os.Stderr, failed)
		os.Exit(1)
	}
	return value
}

// sure ends the round trip where an answer has another status than the one that has a model.
func sure[T any](model *T, body []byte) T {
	if model == nil {
		fmt.Fprintln(os.Stderr, string(body))
		os.Exit(1)
	}
	return *model
}

func registration() icr.SiteRegistration {
	return icr.SiteRegistration{
		Kind: "cluster", SourceId: source, EffectiveFrom: "2023-06-01",
		Values: &icr.SiteValues{
			Name:         nullable.NewNullableWithValue("CCN Ví Dụ"),
			ProvinceCode: nullable.NewNullableWithValue("06"),
			LegalStatus:  nullable.NewNullableWithValue(icr.LegalStatusEstablished),
			AreaHa:       nullable.NewNullableWithValue(12.5),
			Address:      nullable.NewNullableWithValue("Thôn Ví Dụ"),
		},
	}
}

func register(api *icr.ClientWithResponses) int64 {
	answer := must(api.RegisterSiteWithResponse(ctx, nil, registration()))
	said := sure(answer.JSON201, answer.Body)
	expect("Location", answer.HTTPResponse.Header.Get("Location"), "sites/"+site)
	expect("subject", said.SubjectId, site)
	values := said.Values.MustGet()
	expect("area", values.AreaHa.MustGet(), 12.5)
	expect("id", said.Id, fmt.Sprintf("%d-1", said.Revision))
	return said.Revision
}

func state(api *icr.ClientWithResponses, registered int64) string {
	answer := must(api.StateSiteWithResponse(ctx, site, nil, icr.SiteStatementWrite{
		SourceId: source, EffectiveFrom: "2023-10-01",
		Values: &icr.SiteValues{
			AreaHa:          nullable.NewNullableWithValue(20.5),
			ClearanceStatus: nullable.NewNullableWithValue(icr.ClearanceStatusInProgress),
		},
	}))
	said := sure(answer.JSON201, answer.Body)
	expect("revision", said.Revision, registered+1)
	expect("values", string(must(json.Marshal(said.Values))), `{"area_ha":20.5,"clearance_status":"in_progress"}`)
	return said.Id
}

func siteOn(api *icr.ClientWithResponses, asOf *types.Date, revision *int64) icr.SiteDetail {
	answer := must(api.GetSiteWithResponse(ctx, site, &icr.GetSiteParams{AsOf: asOf, Revision: revision}))
	return sure(answer.JSON200, answer.Body)
}

func read(api *icr.ClientWithResponses, registered int64) {
	then := siteOn(api, august, nil)
	expect("area in August", then.AreaHa.MustGet(), 12.5)
	expect("clearance in August", then.ClearanceStatus.IsNull(), true)
	expect("stage in August", then.Stage, icr.Stage("established"))
	later := siteOn(api, december, nil)
	expect("area in December", later.AreaHa.MustGet(), 20.5)
	expect("stage in December", later.Stage, icr.Stage("clearance"))
	known := siteOn(api, december, &registered)
	expect("area as known before", known.AreaHa.MustGet(), 12.5)
}

func page(api *icr.ClientWithResponses, registered int64) {
	var pages [][]string
	limit, count := int64(3), "exact"
	asked := icr.ListSitesParams{ProvinceCode: &province, Kind: &clusters, AsOf: december, Limit: &limit, Count: &count}
	for {
		answer := must(api.ListSitesWithResponse(ctx, &asked))
		found := sure(answer.JSON200, answer.Body)
		expect("revision", found.Revision, registered+1)
		expect("count", found.Count.MustGet(), int64(7))
		var ids []string
		for _, item := range found.Items {
			ids = append(ids, item.Id)
		}
		pages = append(pages, ids)
		if found.NextCursor.IsNull() {
			break
		}
		next := found.NextCursor.MustGet()
		asked.Cursor = &next
	}
	expect("pages", pages, [][]string{
		{"ccn-cam-giang", "ccn-huyen-tung", "ccn-nam-bang-lung"},
		{"ccn-quang-chu", "ccn-thanh-thinh", "ccn-vang-muoi"},
		{site},
	})
	sparse := must(api.GetSparseSiteWithResponse(ctx, site,
		&icr.GetSparseSiteParams{Fields: []string{"name", "area_ha"}, AsOf: december}))
	part := sure(sparse.JSON200, sparse.Body)
	expect("sparse", []any{part.Name.MustGet(), part.AreaHa.MustGet(), part.Address.IsSpecified()},
		[]any{"CCN Ví Dụ", 20.5, false})
}

func rollUp(api *icr.ClientWithResponses) {
	answer := must(api.GetRollupWithResponse(ctx, "06", &icr.GetRollupParams{Kind: &clusters, AsOf: december}))
	rollups := sure(answer.JSON200, answer.Body).Rollups
	expect("rollups", len(rollups), 1)
	figures := rollups[0]
	expect("sites", []int64{figures.Sites.Count, figures.Sites.ByStage.Clearance}, []int64{7, 5})
	expect("area", figures.Area.TotalHa.MustGet(), 187.9)
	expect("known", []int64{figures.Area.Known, figures.Area.Unknown}, []int64{4, 3})
	planned := figures.Planned.MustGet()
	expect("planned", []any{planned.Sites.MustGet(), planned.AreaHa.MustGet()}, []any{int64(27), 676.4})
	expect("remaining", []any{planned.RemainingSites.MustGet(), planned.RemainingAreaHa.MustGet()},
		[]any{int64(20), 488.5})
	expect("qualifier", planned.RemainingAreaQualifier.MustGet(), icr.RemainderQualifier("at_most"))
}

func conflict(api *icr.ClientWithResponses) {
	body := registration()
	body.Id = nullable.NewNullableWithValue(site)
	answer := must(api.RegisterSiteWithResponse(ctx, nil, body))
	problem := sure(answer.ApplicationproblemJSON409, answer.Body)
	expect("problem", []any{problem.Status, problem.Type}, []any{int64(409), "/problems/conflict"})
	expect("detail", strings.Contains(problem.Detail, site), true)
	expect("errors", len(problem.Errors), 1)
	expect("pointer", problem.Errors[0].Pointer.MustGet(), "#/id")
}

func patch(api *icr.ClientWithResponses) {
	read := must(api.GetSiteWithResponse(ctx, site, nil))
	values := icr.SitePatch{AreaHa: nullable.NewNullNullable[float64]()}
	expect("body", string(must(json.Marshal(values))), `{"area_ha":null}`)
	from := "2024-01-01"
	answer := must(api.PatchSiteWithApplicationMergePatchPlusJSONBodyWithResponse(ctx, site,
		&icr.PatchSiteParams{
			SourceId: source, EffectiveFrom: &from, IfMatch: read.HTTPResponse.Header.Get("ETag"),
		}, values))
	said := sure(answer.JSON200, answer.Body)
	expect("values", string(must(json.Marshal(said.Values))), `{"area_ha":null}`)
	now := siteOn(api, newYear, nil)
	expect("area", now.AreaHa.IsNull(), true)
	expect("address", now.Address.MustGet(), "Thôn Ví Dụ")
	expect("clearance", now.ClearanceStatus.MustGet(), icr.ClearanceStatusInProgress)
	before := siteOn(api, december, nil)
	expect("area before", before.AreaHa.MustGet(), 20.5)
}

func retract(api *icr.ClientWithResponses, stated string) {
	answer := must(api.RetractStatementWithResponse(ctx, stated, nil, icr.Retraction{Reason: "Of another site."}))
	said := must(sure(answer.JSON201, answer.Body).AsSiteStatement())
	retraction := said.Retraction.MustGet()
	expect("reason", retraction.Reason, "Of another site.")
	then := siteOn(api, december, nil)
	expect("area", then.AreaHa.MustGet(), 12.5)
	expect("stage", then.Stage, icr.Stage("established"))
	now := siteOn(api, newYear, nil)
	expect("area of the new year", now.AreaHa.IsNull(), true)
}

func download(api *icr.ClientWithResponses) {
	answer := must(api.ExportSitesGeojsonWithResponse(ctx,
		&icr.ExportSitesGeojsonParams{ProvinceCode: &province, Kind: &clusters, AsOf: december}))
	features := sure(answer.ApplicationgeoJSON200, answer.Body).Features
	expect("features", len(features), 7)
	for _, feature := range features {
		if feature.Id == "ccn-quang-chu" {
			point := must(feature.Geometry.MustGet().AsPoint())
			expect("coordinates", point.Coordinates, []float64{105.823, 21.8769})
		}
	}
	expect("last feature", features[6].Id, site)
	expect("its area", features[6].Properties.AreaHa.MustGet(), 12.5)
	file := must(api.ExportSitesCsvWithResponse(ctx,
		&icr.ExportSitesCsvParams{ProvinceCode: &province, Kind: &clusters, AsOf: december}))
	rows := must(csv.NewReader(strings.NewReader(string(file.Body))).ReadAll())
	expect("rows", len(rows), 8)
	last := map[string]string{}
	for column, name := range rows[0] {
		last[name] = rows[7][column]
	}
	expect("last row", []string{last["id"], last["name"], last["area_ha"]},
		[]string{site, "CCN Ví Dụ", "12.5"})
}

func main() {
	key := func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+os.Getenv("ICR_KEY"))
		return nil
	}
	api := must(icr.NewClientWithResponses(os.Getenv("ICR_URL"), icr.WithRequestEditorFn(key)))
	registered := register(api)
	fmt.Println("register")
	stated := state(api, registered)
	fmt.Println("state")
	read(api, registered)
	fmt.Println("read")
	page(api, registered)
	fmt.Println("page")
	rollUp(api)
	fmt.Println("rollup")
	conflict(api)
	fmt.Println("conflict")
	patch(api)
	fmt.Println("patch")
	retract(api, stated)
	fmt.Println("retract")
	download(api)
	fmt.Println("download")
}
