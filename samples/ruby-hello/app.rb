# Answers every request with a line of text.
require "socket"

server = TCPServer.new("0.0.0.0", ENV.fetch("PORT"))
trap("TERM") { exit }
loop do
  Thread.start(server.accept) do |client|
    while (line = client.gets)&.chomp != ""
      break if line.nil?
    end
    body = "Hello from Ruby, #{ENV["BERTH_SANDBOX"]}\n"
    client.write "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n#{body}"
    client.close
  end
end
