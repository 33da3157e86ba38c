# Programs in Ruby, each with a mistake that people make. One line for each request.
require 'base64'
require 'cgi'
require 'erb'
require 'json'
require 'openssl'
require 'securerandom'
require 'uri'
KEY, SECRET = 'dpf43f3p2l4k3l03nnnn', 'kd94hf93k+423/kf44A='
TOKEN, TOKEN_SECRET = 'nnch734d00sl2jdkpppp', 'pfkkdhi9sl3r/4s00+Q='

STRICT = ->(s) { ERB::Util.url_encode(s.to_s) }

def deliver(name, expected, **given)
  nil until build(name, expected, **given)
end

def build(name, expected, enc: STRICT, encoder: 'ERB::Util.url_encode', wanted: //, server: 'ruby', method: 'POST', url: 'http://api.example.com/v2/tumble?limit=5',
            form: [['title', "What's new?"], ['body', 'a~b c*d']], oauth: {}, legs: 3, key: nil, digest: nil, sign_url: nil, sort: nil, more: [], drop: [],
            realm: nil, comment: '', body: nil, type: nil, place: :header, base: nil, hash: nil, spell: STRICT)
  oauth = {'oauth_consumer_key' => KEY, 'oauth_nonce' => SecureRandom.hex, 'oauth_signature_method' => 'HMAC-SHA1', 'oauth_timestamp' => Time.now.to_i.to_s, 'oauth_token' => TOKEN, 'oauth_version' => '1.0'}.merge(oauth)
  oauth.delete('oauth_token') if legs == 2
  address, query = url.split('?')
  all = oauth.to_a + URI.decode_www_form(query || '') + form + more
  all = all.reject { |k, _| drop.include?(k) }
  pairs = all.map { |k, v| [enc[k], enc[v]] }
  pairs = sort ? sort[pairs] : pairs.sort
  string = base ? base[pairs] : "#{method}&#{enc[sign_url || address]}&#{enc[pairs.map { |p| p.join('=') }.join('&')]}"
  key ||= "#{STRICT[SECRET]}&#{legs == 2 ? '' : STRICT[TOKEN_SECRET]}"
  mac = hash ? hash[key, string] : OpenSSL::HMAC.digest('SHA1', key, string)
  signature = digest ? digest[mac] : Base64.strict_encode64(mac)
  return unless signature =~ wanted
  signed = oauth.to_a + [['oauth_signature', signature]]
  sent = form.map { |k, v| "#{STRICT[k]}=#{STRICT[v]}" }.join('&')
  if place == :query
    url += (query ? '&' : '?') + signed.map { |k, v| "#{k}=#{spell[v]}" }.join('&')
  else
    header = 'OAuth ' + (realm ? "realm=\"#{realm}\", " : '') + signed.map { |k, v| "#{k}=\"#{STRICT[v]}\"" }.join(', ')
  end
  puts ["ruby-#{name}", legs, expected, encoder, server, method, url, header.to_s, type || (form.empty? ? '' : 'application/x-www-form-urlencoded'), Base64.strict_encode64(body || sent), comment].join("\t")
  true
end

deliver 'cgi-escape', 'space-as-plus', enc: ->(s) { CGI.escape(s) }, encoder: 'CGI.escape'
deliver 'www-form-component', 'form-encoder', enc: ->(s) { URI.encode_www_form_component(s) }, encoder: 'URI.encode_www_form_component', server: 'oauthlib'
deliver 'uri-encode', 'separators-left-unencoded', enc: ->(s) { URI::DEFAULT_PARSER.escape(s) }, encoder: 'URI.encode', server: 'node', comment: 'URI.encode leaves every separator, also in the parts'
deliver 'encode64', 'blanks-around-signature', digest: ->(m) { Base64.encode64(m) }, encoder: 'Base64.encode64', server: 'authlib', comment: 'encode64 ends with a line break'
deliver 'pack', 'blanks-around-signature', digest: ->(m) { [m].pack('m') }, encoder: "pack('m')", server: 'node', method: 'GET', form: [], place: :query
deliver 'hexdigest', 'signature-in-hexadecimal', digest: ->(m) { m.unpack1('H*') }, encoder: 'hexdigest', server: 'authlib'
deliver 'encode64-hexdigest', 'hexadecimal-in-base64', digest: ->(m) { Base64.strict_encode64(m.unpack1('H*')) }, server: 'ruby'
deliver 'digest-sha1', 'hash-instead-of-hmac', hash: ->(k, t) { OpenSSL::Digest::SHA1.digest(k + t) }, encoder: 'Digest::SHA1', server: 'oauthlib', comment: 'a hash of key and text is no HMAC'
deliver 'brackets', 'arrays-renamed', form: [['tags', 'a'], ['tags', 'b']], body: 'tags[]=a&tags[]=b', server: 'oauthlib', comment: 'Rails to_query adds []'
deliver 'sort-join', 'sorted-joined', form: [['a', '1'], ['a-z', '2']], sort: ->(p) { p.map { |x| x.join('=') }.sort.map { |x| x.split('=', 2) } }, server: 'ruby'
deliver 'time-f', 'timestamp-malformed', oauth: {'oauth_timestamp' => Time.now.to_f.to_s}, server: 'authlib'
deliver 'time-ms', 'timestamp-in-milliseconds', oauth: {'oauth_timestamp' => (Time.now.to_f * 1000).to_i.to_s}, server: 'php'
deliver 'file-read', 'token-secret-with-white-space', key: "#{STRICT[SECRET]}&#{STRICT[TOKEN_SECRET + "\n"]}", server: 'ruby', comment: 'File.read without chomp'
deliver 'quoted-env', 'client-secret-with-quotes', key: "#{STRICT['"' + SECRET + '"']}&#{STRICT[TOKEN_SECRET]}", server: 'php', comment: 'quotes of an .env file'
deliver 'realm', 'realm-signed', realm: '4567890_SB1', more: [['realm', '4567890_SB1']], server: 'oauthlib', comment: "NetSuite's account as realm"
deliver 'query-dropped', 'query-left-out', drop: ['limit'], server: 'php'
deliver 'json-with-body', 'json-signed-as-parameters', form: [], more: [['title', 'x'], ['n', '1']], body: '{"title":"x","n":1}', type: 'application/json', server: 'oauthlib'
deliver 'base-newlines', 'line-end-signed', base: ->(p) { ['POST', STRICT['http://api.example.com/v2/tumble'], STRICT[p.map { |x| x.join('=') }.join('&')]].join("\n") }, server: 'authlib'
deliver 'raw-in-query', 'signature-not-encoded', method: 'GET', form: [], place: :query, spell: ->(v) { v }, server: 'oauthlib', wanted: /\+/, comment: "'+' of the signature arrives as a space"
deliver 'version-unsigned', 'parameter-unsigned', drop: ['oauth_version'], server: 'node'
deliver 'escaped-thrice', 'encoded-three-times', enc: STRICT, base: ->(p) { "POST&#{STRICT['http://api.example.com/v2/tumble']}&#{STRICT[p.map { |k, v| "#{STRICT[k]}=#{STRICT[v]}" }.join('&')]}" }, server: 'node'
deliver 'key-secret-only', 'token-secret-left-out', key: "#{STRICT[SECRET]}&", server: 'node'
deliver 'debug-host', 'host-not-in-lower-case', url: 'http://API.Example.com/v2/tumble?limit=5', sign_url: 'http://API.Example.com/v2/tumble', server: 'oauthlib'
deliver 'pair-cgi-and-newline', 'space-as-plus,blanks-around-signature', enc: ->(s) { CGI.escape(s) }, digest: ->(m) { Base64.encode64(m) }, server: 'oauthlib'
deliver 'pair-realm-and-quotes', 'realm-signed,client-secret-with-quotes', realm: 'r', more: [['realm', 'r']], key: "#{STRICT['"' + SECRET + '"']}&#{STRICT[TOKEN_SECRET]}", server: 'ruby'
deliver 'secret-of-other-app', 'unknown', key: "#{STRICT['another/secret+of9an0ther=']}&#{STRICT[TOKEN_SECRET]}", server: 'ruby', comment: "another program's secret"
deliver 'renewed', 'unknown', oauth: {'oauth_consumer_key' => 'renewed3p2l4k3l03nnn'}, server: 'node', comment: "the client's secret was renewed on the server's side"
deliver 'renewed-ruby', 'unknown', oauth: {'oauth_consumer_key' => 'renewed3p2l4k3l03nnn'}, server: 'ruby', comment: "the client's secret was renewed on the server's side"
deliver 'renewed-debug', 'other-secrets', oauth: {'oauth_consumer_key' => 'renewed3p2l4k3l03nnn'}, url: 'http://api.example.com/debug/x', server: 'ruby', comment: "the same, but the server tells its base string"
deliver 'renewed-pecl', 'other-secrets', oauth: {'oauth_consumer_key' => 'renewed3p2l4k3l03nnn'}, server: 'php', comment: "the same, and the server tells its base string"
deliver 'control-hand', 'right'
deliver 'control-query', 'right', method: 'GET', form: [], place: :query, server: 'oauthlib'
deliver 'control-limited', 'right', url: 'http://api.example.com/limited/x', server: 'authlib'
deliver 'control-broken', 'right', url: 'http://api.example.com/broken/x', server: 'node'
require 'oauth'
require 'net/http'
consumer = OAuth::Consumer.new(KEY, SECRET, site: 'http://api.example.com')
access = OAuth::AccessToken.new(consumer, TOKEN, TOKEN_SECRET)
[['control-gem', 'oauthlib', '/v2/x?q=a%20b'], ['control-gem-node', 'node', '/v2/x?q=~'], ['control-gem-forbidden', 'ruby', '/forbidden/x']].each do |name, server, path|
  request = consumer.create_signed_request(:get, path, access)
  puts ["ruby-#{name}", 3, 'right', 'oauth gem', server, 'GET', "http://api.example.com#{path}", request['authorization'], '', '', ''].join("\t")
end
