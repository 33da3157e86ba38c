# A server with the helpers of Ruby's oauth gem. It answers with a page for people.
require 'oauth'
require 'oauth/request_proxy/mock_request'
require 'socket'
require 'uri'
require 'time'
CLIENTS = {'dpf43f3p2l4k3l03nnnn' => 'kd94hf93k+423/kf44A=', 'renewed3p2l4k3l03nnn' => 'aQ7+renewed/Zk18fK9='}
TOKENS = {'nnch734d00sl2jdkpppp' => 'pfkkdhi9sl3r/4s00+Q='}

def judge(method, url, headers, body)
  params = URI.decode_www_form(URI(url).query || '').group_by(&:first).transform_values { |v| v.map(&:last) }
  if headers['content-type'].to_s.start_with?('application/x-www-form-urlencoded')
    URI.decode_www_form(body).each { |k, v| (params[k] ||= []) << v }
  end
  OAuth::Helper.parse_header(headers['authorization']).each { |k, v| params[k] = v unless k == 'realm' } if headers['authorization']
  params = params.transform_values { |v| v.is_a?(Array) && v.size == 1 ? v[0] : v }
  return [401, '<h1>Please sign in</h1>'] unless params['oauth_consumer_key']
  secret = CLIENTS[params['oauth_consumer_key']]
  return [401, '<p>Unknown consumer key.</p>'] unless secret
  request = {'method' => method, 'uri' => url, 'parameters' => params}
  signature = OAuth::Signature.build(request) { [TOKENS[params['oauth_token']], secret] }
  if signature.verify
    return [403, '<h1>Forbidden</h1>'] if url.include?('/forbidden')
    return [503, '<h1>Down for maintenance</h1>'] if url.include?('/broken')
    return [200, '<p>Welcome</p>']
  end
  [401, url.include?('/debug') ? "<h1>Invalid OAuth Request</h1><pre>#{signature.signature_base_string.gsub('&', '&amp;')}</pre>" : '<h1>Invalid OAuth Request</h1>']
rescue OAuth::Signature::UnknownSignatureMethod, OAuth::Problem => error
  [400, "<p>#{error.class}</p>"]
end

server = TCPServer.new('127.0.0.1', ARGV[0].to_i)
loop do
  client = server.accept
  first = client.gets
  next client.close unless first
  method, target, = first.split
  headers = {}
  while (line = client.gets.chomp) != ''
    name, value = line.split(': ', 2)
    headers[name.downcase] = value
  end
  body = client.read(headers['content-length'].to_i)
  url = "#{headers['x-forwarded-proto'] || 'http'}://#{headers['host']}#{target}"
  status, page = begin judge(method, url, headers, body) rescue [400, "<p>#{$!.class}</p>"] end
  challenge = status == 401 ? "WWW-Authenticate: OAuth realm=\"#{headers['host']}\"\r\n" : ''
  client.write("HTTP/1.1 #{status} Status\r\nDate: #{Time.now.httpdate}\r\nContent-Type: text/html\r\n#{challenge}Content-Length: #{page.bytesize}\r\nConnection: close\r\n\r\n#{page}")
  client.close
end
