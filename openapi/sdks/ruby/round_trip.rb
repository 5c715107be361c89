# The round trip with the Ruby client of openapi-generator: see ../README.md for what it expects.

require 'csv'
require 'date'
require 'icr'
require 'uri'

SITE = 'ccn-vi-du'.freeze
SOURCE = 'bac-kan-press-2023-12'.freeze
AUGUST = Date.new(2023, 8, 1)
DECEMBER = Date.new(2023, 12, 31)
NEW_YEAR = Date.new(2024, 1, 1)

# End the round trip where an answer is not the expected one.
def expect(what, got, wanted)
  abort "#{what}: got #{got.inspect}, expected #{wanted.inspect}" unless got == wanted
end

def registration(**id)
  values = Icr::SiteValues.new(
    name: 'CCN Ví Dụ', province_code: '06', legal_status: Icr::LegalStatus::ESTABLISHED,
    area_ha: 12.5, address: 'Thôn Ví Dụ'
  )
  Icr::SiteRegistration.new(
    kind: Icr::SiteKind::CLUSTER, source_id: SOURCE, effective_from: '2023-06-01', values: values, **id
  )
end

def register(sites)
  said, status, headers = sites.register_site_with_http_info(registration)
  expect 'status', status, 201
  expect 'Location', headers['Location'], "sites/#{SITE}"
  expect 'subject', said.subject_id, SITE
  expect 'area', said.values.area_ha, 12.5
  expect 'id', said.id, "#{said.revision}-1"
  said.revision
end

def state(sites, registered)
  values = Icr::SiteValues.new(area_ha: 20.5, clearance_status: Icr::ClearanceStatus::IN_PROGRESS)
  body = Icr::SiteStatementWrite.new(source_id: SOURCE, effective_from: '2023-10-01', values: values)
  said = sites.state_site(SITE, body)
  expect 'revision', said.revision, registered + 1
  expect 'values', said.values.to_hash, { area_ha: 20.5, clearance_status: 'in_progress' }
  said.id
end

def on(sites, day, **known)
  sites.get_site(SITE, as_of: day, **known)
end

def read(sites, registered)
  august = on(sites, AUGUST)
  expect 'August', [august.area_ha, august.clearance_status, august.stage], [12.5, nil, 'established']
  december = on(sites, DECEMBER)
  expect 'December', [december.area_ha, december.stage], [20.5, 'clearance']
  expect 'as known before', on(sites, DECEMBER, revision: registered).area_ha, 12.5
end

def page(sites, registered)
  pages = []
  asked = { province_code: ['06'], kind: ['cluster'], as_of: DECEMBER, limit: 3, count: 'exact' }
  loop do
    found = sites.list_sites(asked)
    expect 'list', [found.revision, found.count], [registered + 1, 7]
    pages << found.items.map(&:id)
    break if found.next_cursor.nil?

    asked[:cursor] = found.next_cursor
  end
  expect 'pages', pages, [
    %w[ccn-cam-giang ccn-huyen-tung ccn-nam-bang-lung], %w[ccn-quang-chu ccn-thanh-thinh ccn-vang-muoi], [SITE]
  ]
end

def sparse(sites)
  found = sites.get_sparse_site(SITE, %w[name area_ha], as_of: DECEMBER)
  expect 'sparse', [found.name, found.area_ha, found.address], ['CCN Ví Dụ', 20.5, nil]
end

def roll_up(provinces)
  rollups = provinces.get_rollup('06', kind: ['cluster'], as_of: DECEMBER).rollups
  expect 'rollups', rollups.size, 1
  sites, area, planned = rollups[0].sites, rollups[0].area, rollups[0].planned
  expect 'sites', [sites.count, sites.by_stage.clearance], [7, 5]
  expect 'area', [area.total_ha, area.known, area.unknown], [187.9, 4, 3]
  expect 'planned', [planned.sites, planned.area_ha], [27, 676.4]
  expect 'remaining', [planned.remaining_sites, planned.remaining_area_ha], [20, 488.5]
  expect 'qualifier', planned.remaining_area_qualifier, 'at_most'
end

def conflict(sites)
  sites.register_site(registration(id: SITE))
  abort 'the second registration was not refused'
rescue Icr::ApiError => e
  problem = Icr::Problem.build_from_hash(JSON.parse(e.response_body, symbolize_names: true))
  expect 'problem', [e.code, problem.status, problem.type], [409, 409, '/problems/conflict']
  expect 'detail', problem.detail.include?(SITE), true
  expect 'errors', problem.errors.map(&:pointer), ['#/id']
end

def patch(sites)
  _, _, headers = sites.get_site_with_http_info(SITE)
  values = Icr::SitePatch.new(area_ha: nil)
  expect 'body', values.to_hash, { area_ha: nil }
  said = sites.patch_site(SITE, SOURCE, headers['ETag'], values, effective_from: '2024-01-01')
  expect 'values', said.values.to_hash, { area_ha: nil }
  now = on(sites, NEW_YEAR)
  expect 'now', [now.area_ha, now.address, now.clearance_status], [nil, 'Thôn Ví Dụ', 'in_progress']
  expect 'before', on(sites, DECEMBER).area_ha, 20.5
end

def retract(sites, statements, stated)
  said = statements.retract_statement(stated, Icr::Retraction.new(reason: 'Of another site.'))
  expect 'kind', said.class, Icr::SiteStatement
  expect 'reason', said.retraction.reason, 'Of another site.'
  december = on(sites, DECEMBER)
  expect 'December', [december.area_ha, december.stage], [12.5, 'established']
  expect 'new year', on(sites, NEW_YEAR).area_ha, nil
end

def download(exports)
  asked = { province_code: ['06'], kind: ['cluster'], as_of: DECEMBER }
  features = exports.export_sites_geojson(asked).features.to_h { |feature| [feature.id, feature] }
  expect 'features', features.size, 7
  expect 'coordinates', features['ccn-quang-chu'].geometry.coordinates, [105.823, 21.8769]
  expect 'its area', features[SITE].properties.area_ha, 12.5
  file = exports.export_sites_csv(asked)
  rows = CSV.parse(File.read(file.path, encoding: 'UTF-8'), headers: true)
  expect 'rows', rows.size, 7
  expect 'last row', rows[6].values_at('id', 'name', 'area_ha'), [SITE, 'CCN Ví Dụ', '12.5']
end

url = URI(ENV.fetch('ICR_URL'))
Icr.configure do |given|
  given.scheme = url.scheme
  given.host = "#{url.host}:#{url.port}"
  # Several values of a parameter are sent by repeating it.
  given.params_encoding = :multi
  given.access_token = ENV.fetch('ICR_KEY')
end
sites = Icr::SitesApi.new
registered = register(sites)
puts 'register'
stated = state(sites, registered)
puts 'state'
read(sites, registered)
puts 'read'
page(sites, registered)
sparse(sites)
puts 'page'
roll_up(Icr::ProvincesApi.new)
puts 'rollup'
conflict(sites)
puts 'conflict'
patch(sites)
puts 'patch'
retract(sites, Icr::StatementsApi.new, stated)
puts 'retract'
download(Icr::ExportsApi.new)
puts 'download'
