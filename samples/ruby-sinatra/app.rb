# Answers every request with a line of text.
require "sinatra"

set :bind, "0.0.0.0"
set :port, ENV.fetch("PORT", "3000").to_i
set :server, "webrick"
set :environment, :production

get "/*" do
  content_type "text/plain"
  "Hello from Sinatra, #{ENV.fetch('BERTH_SANDBOX', 'here')}\n"
end
